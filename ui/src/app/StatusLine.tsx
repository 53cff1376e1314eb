import { Button } from "@digdir/designsystemet-react";
import {
  ArrowsCirclepathIcon,
  CheckmarkCircleFillIcon,
  CloudSlashIcon,
  ExclamationmarkTriangleFillIcon,
  HourglassIcon,
} from "@navikt/aksel-icons";
import { type ReactNode, useId, useRef, useState } from "react";
import { useAnnounce } from "../components/Announcer.tsx";
import { type Format, useFormat } from "../i18n/format.ts";
import { type Translate, useText } from "../i18n/index.ts";
import type { Account, Connection, Status } from "../ipc/bindings.ts";
import { useHost } from "../ipc/queries.ts";
import { environmentText, isSignedOut } from "./AccountMenu.tsx";

/** The end is told once it is more than a moment away. */
function syncingText(
  done: number,
  total: number,
  until: number | null,
  text: Translate,
  format: Format,
): string {
  if (total === 0) {
    return text("status.syncingUnknown");
  }
  const counts = { done: format.number(done), total: format.number(total) };
  return until === null || until - Date.now() < 60_000
    ? text("status.syncing", counts)
    : text("status.syncingUntil", { ...counts, time: format.time(until) });
}

/** The one sentence of the status line. */
export function connectionText(connection: Connection, text: Translate, format: Format): string {
  switch (connection.kind) {
    case "updated":
      return text("status.updated", { time: format.time(connection.at) });
    case "syncing":
      return syncingText(connection.done, connection.total, connection.until, text, format);
    case "offline":
      return connection.waiting > 0
        ? text("status.offlineWaiting", { time: format.time(connection.since), count: connection.waiting })
        : text("status.offline", { time: format.time(connection.since) });
    case "slow":
      return text("status.slow", { time: format.time(connection.until) });
    case "signIn":
      return text("status.signIn");
    case "diskFull":
      return text("status.diskFull");
    case "starting":
      return text("status.starting");
  }
}

function icon(connection: Connection): ReactNode {
  switch (connection.kind) {
    case "updated":
      return <CheckmarkCircleFillIcon aria-hidden fontSize="1.125rem" className="status-good" />;
    case "offline":
      return <CloudSlashIcon aria-hidden fontSize="1.25rem" />;
    case "syncing":
    case "starting":
      return <ArrowsCirclepathIcon aria-hidden fontSize="1.25rem" />;
    case "slow":
      return <HourglassIcon aria-hidden fontSize="1.25rem" />;
    case "signIn":
    case "diskFull":
      return <ExclamationmarkTriangleFillIcon aria-hidden fontSize="1.25rem" className="status-warning" />;
  }
}

/** The status line and its panel. */
export function StatusLine({
  status,
  account,
  waiting,
}: {
  status: Status;
  account: Account;
  waiting: number;
}) {
  const host = useHost();
  const text = useText();
  const format = useFormat();
  const announce = useAnnounce();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isOut = isSignedOut(account);
  // Nothing is in step without the person, whatever holds for other accounts.
  const connection: Connection = isOut ? { kind: "signIn" } : status.connection;
  const line = isOut ? text("person.status") : connectionText(connection, text, format);
  const isChatter =
    connection.kind === "syncing" || connection.kind === "updated" || connection.kind === "starting";
  const next = connection.kind === "slow" ? connection.until : null;
  const facts: [string, string][] = [
    [text("status.panel.account"), account.name],
    [text("status.panel.environment"), environmentText(account.environment, text) ?? "Altinn"],
    [text("status.panel.last"), connection.kind === "updated" ? format.full(connection.at) : line],
    [text("status.panel.queue"), format.number(waiting)],
    ...(status.incomplete.length === 0
      ? []
      : [
          [
            text("status.panel.incomplete"),
            status.incomplete.map((title) => format.local(title)).join(", "),
          ] satisfies [string, string],
        ]),
    ...(next === null ? [] : [[text("status.panel.next"), format.full(next)] satisfies [string, string]]),
  ];

  return (
    <div
      className="status"
      role="group"
      aria-label={text("status.panel.label")}
      onBlur={(event) => {
        if (isOpen && !event.currentTarget.contains(event.relatedTarget)) {
          setOpen(false);
        }
      }}
      onKeyDown={(event) => {
        if (isOpen && event.key === "Escape") {
          event.stopPropagation();
          setOpen(false);
          button.current?.focus();
        }
      }}
    >
      {/* What goes on by itself is not for speaking; what stops the work is. */}
      <div role="status" aria-live={isChatter ? "off" : "polite"}>
        <button
          ref={button}
          type="button"
          id="status-line"
          className="status-button"
          aria-expanded={isOpen}
          aria-controls={`${id}-panel`}
          title={text("status.panel.open")}
          onClick={() => setOpen(!isOpen)}
        >
          {icon(connection)}
          <span className="status-text">
            <span>{line}</span>
            {account.environment === "practice" ? (
              <span className="status-practice">{text("app.practice.note")}</span>
            ) : null}
            {status.incomplete.length > 0 ? (
              <span className="status-warning">{text("status.incomplete")}</span>
            ) : null}
            {status.isKeyTemporary ? (
              <span className="status-practice">{text("app.key.temporary")}</span>
            ) : null}
          </span>
        </button>
      </div>
      {isOpen ? (
        <div className="status-panel" id={`${id}-panel`}>
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div className="status-acts">
            <Button data-size="sm" onClick={() => void host.syncNow()}>
              <ArrowsCirclepathIcon aria-hidden fontSize="1.25rem" />
              {text("status.panel.sync")}
            </Button>
            <Button
              data-size="sm"
              variant="tertiary"
              onClick={() => {
                // Never the party’s name: details are pasted to others.
                const lines = facts.slice(1).map(([name, value]) => `${name}: ${value}`);
                void navigator.clipboard
                  .writeText(lines.join("\n"))
                  .then(() => announce(text("status.panel.copied")));
              }}
            >
              {text("status.panel.copy")}
            </Button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
