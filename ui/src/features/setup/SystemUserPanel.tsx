import { Button, Heading } from "@digdir/designsystemet-react";
import { ArrowsCirclepathIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { SystemUserState, UiError } from "../../ipc/bindings.ts";
import { keys as cache } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useSystemUser } from "../../ipc/queries.ts";
import { CopyButton } from "./CopyButton.tsx";
import { OutsideLink } from "./OutsideLink.tsx";
import { type Standing, StandingIcon } from "./states.tsx";

const STANDING: Record<SystemUserState, Standing> = {
  pending: "warning",
  approved: "ok",
  rejected: "error",
  timedOut: "error",
  unknown: "info",
};

/** Asks the customer for a system user, shows where it is approved, and looks what became of it. */
export function SystemUserPanel({ account }: { account: string }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const client = useQueryClient();
  const { data: user, error: unread, isFetching, refetch } = useSystemUser(account);
  const [failed, setFailed] = useState<UiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const error = failed ?? (unread ? asUiError(unread, host.now()) : null);
  const canAsk = !user || user.state === "rejected" || user.state === "timedOut";

  const ask = () => {
    setBusy(true);
    setFailed(null);
    host
      .askSystemUser(account, [])
      .then(
        (view) => client.setQueryData(cache.systemUser(account), view),
        (cause: unknown) => setFailed(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section aria-labelledby="setup-system-user">
      <Heading level={3} data-size="2xs" id="setup-system-user">
        {text("setup.systemUser.title")}
      </Heading>
      <div className="setup-panel">
        <p className="setup-ticked" role="status">
          <StandingIcon
            standing={isFetching && !user ? "running" : user ? STANDING[user.state] : "notChecked"}
          />
          {text(`setup.systemUser.${user?.state ?? "none"}`)}
        </p>
        {user?.askedAt == null ? null : (
          <p className="setup-fine">{text("setup.systemUser.asked", { time: format.full(user.askedAt) })}</p>
        )}
        {user?.isEscalated ? <p>{text("setup.systemUser.escalated")}</p> : null}
        {user?.link ? (
          <>
            <p>{text("setup.systemUser.send")}</p>
            <p className="setup-code">{user.link}</p>
          </>
        ) : null}
        <div className="setup-acts">
          {user?.link ? (
            <>
              <CopyButton label={text("setup.systemUser.copy")} copies={user.link} isMain />
              <OutsideLink url={user.link} />
            </>
          ) : null}
          {canAsk ? (
            <Button data-size="sm" aria-disabled={isBusy || undefined} onClick={ask}>
              {text(isBusy ? "setup.systemUser.asking" : "setup.systemUser.ask")}
            </Button>
          ) : null}
          <Button data-size="sm" variant="secondary" onClick={() => void refetch()}>
            <ArrowsCirclepathIcon aria-hidden fontSize="1.25rem" />
            {text("setup.systemUser.look")}
          </Button>
        </div>
        {error ? <ErrorNotice error={error} level={4} onAct={() => void refetch()} /> : null}
      </div>
    </section>
  );
}
