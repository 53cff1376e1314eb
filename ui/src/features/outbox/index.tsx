import { Alert, Button, Heading, Paragraph, Tag } from "@digdir/designsystemet-react";
import { ArrowCirclepathIcon, PauseIcon, PencilLineIcon, PlayIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState } from "react";
import { navigate } from "../../app/routes.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { OutboxItem, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useOutboxItem } from "../../ipc/queries.ts";
import { notify } from "../compose/notices.ts";
import { FileIcon } from "../files/FileIcon.tsx";
import { fileKind, KIND_WORDS } from "../files/words.ts";
import { acts, reason, STATE_WORDS } from "./words.ts";
import "./outbox.css";

/** A letter on its way: where it is, why it waits, and what can be done. */
export default function Outbox(props: { id: string; onGone(): void }) {
  const item = useOutboxItem(props.id);
  const host = useHost();
  const { onGone } = props;
  const isGone = item.error !== null && asUiError(item.error, 0).code === "notFound";
  // Accepted, taken back or cancelled: there is nothing here any longer.
  const hasLeft = useRef(false);
  useEffect(() => {
    if (isGone && !hasLeft.current) {
      hasLeft.current = true;
      onGone();
    }
  }, [isGone, onGone]);
  if (isGone) {
    return null;
  }
  if (item.error) {
    return <ErrorNotice error={asUiError(item.error, host.now())} onAct={() => void item.refetch()} />;
  }
  return item.data ? <Pane key={props.id} item={item.data} onGone={onGone} /> : null;
}

function Pane(props: { item: OutboxItem; onGone(): void }) {
  const t = useText();
  const format = useFormat();
  const host = useHost();
  const announce = useAnnounce();
  const [error, setError] = useState<UiError | null>(null);
  const { item } = props;
  const { state } = item;
  const can = acts(state);
  const why = reason(item, t, format);
  const word = t(STATE_WORDS[state.kind]);

  useEffect(() => {
    announce(word);
  }, [announce, word]);

  const run = (act: Promise<unknown>, then?: () => void): void => {
    setError(null);
    act.then(then, (cause: unknown) => setError(asUiError(cause, host.now())));
  };
  const tone =
    state.kind === "stuck"
      ? "danger"
      : state.kind === "waiting" || state.kind === "paused"
        ? "warning"
        : "info";
  return (
    <article className="outbox" aria-labelledby="outbox-title">
      <Heading level={2} data-size="sm" id="outbox-title">
        {item.title || t("draft.title.none")}
      </Heading>
      <p className="outbox-to">
        {t("outbox.head.to", { name: item.recipient.name })}
        {item.recipient.number !== item.recipient.name && (
          <span className="tabular"> {item.recipient.number}</span>
        )}
      </p>
      <p className="outbox-facts">
        {t("outbox.head.queued", { time: format.full(item.queuedAt) })}
        {item.publishAt !== null && <> · {t("outbox.head.publish", { time: format.full(item.publishAt) })}</>}
      </p>

      <section className="outbox-state" data-tone={tone} aria-label={t("outbox.state.label")}>
        <div className="outbox-state-line">
          <Tag data-color={tone}>{word}</Tag>
          <span>{t("outbox.step.of", { step: Math.min(item.step + 1, item.steps), steps: item.steps })}</span>
        </div>
        <ol className="outbox-steps" aria-hidden>
          {Array.from({ length: item.steps }, (_, index) => (
            <li key={index} data-is={index < item.step ? "done" : index === item.step ? "now" : "ahead"} />
          ))}
        </ol>
        {state.kind === "uploading" && (
          <>
            <p className="outbox-facts">
              {t("outbox.upload.file", { file: state.file, files: state.files })} ·{" "}
              {t("outbox.upload.size", { done: format.size(state.done), size: format.size(state.size) })} ·{" "}
              {format.percent(state.size > 0 ? state.done / state.size : 0)}
            </p>
            <progress
              max={state.size || 1}
              value={state.done}
              aria-label={t("outbox.upload.label", { title: item.title })}
            />
          </>
        )}
        {why && (
          <div className="outbox-why">
            <p>
              <strong>{why.what}</strong>
            </p>
            <p>{why.next}</p>
            {state.kind === "stuck" && state.reason.params.detail && (
              <p className="outbox-facts" lang="en">
                {state.reason.params.detail}
              </p>
            )}
          </div>
        )}
        <div className="outbox-acts">
          {can.retry && (
            <Button
              variant={state.kind === "stuck" ? "secondary" : "primary"}
              onClick={() => run(host.retryOutbox(item.id))}
            >
              <ArrowCirclepathIcon aria-hidden />
              {t("outbox.act.retry")}
            </Button>
          )}
          {can.takeBack && (
            <Button
              variant={state.kind === "stuck" ? "primary" : "secondary"}
              onClick={() =>
                run(
                  host.editOutbox(item.id).then((draft) => {
                    props.onGone();
                    navigate({ place: "compose", draft: draft.id });
                  }),
                )
              }
            >
              <PencilLineIcon aria-hidden />
              {t("outbox.act.edit")}
            </Button>
          )}
          {can.pause && (
            <Button variant="secondary" onClick={() => run(host.pauseOutbox(item.id, true))}>
              <PauseIcon aria-hidden />
              {t("outbox.act.pause")}
            </Button>
          )}
          {can.resume && (
            <Button onClick={() => run(host.pauseOutbox(item.id, false))}>
              <PlayIcon aria-hidden />
              {t("outbox.act.resume")}
            </Button>
          )}
          {can.takeBack && (
            <Button
              variant="tertiary"
              onClick={() =>
                run(host.cancelOutbox(item.id), () => {
                  notify((text) => text("outbox.notice.cancelled"));
                  props.onGone();
                })
              }
            >
              <XMarkIcon aria-hidden />
              {t("outbox.act.cancel")}
            </Button>
          )}
        </div>
        {!can.takeBack && (
          <Alert data-color="info">
            <Paragraph>{t("outbox.submitting.locked")}</Paragraph>
          </Alert>
        )}
      </section>
      {error && <ErrorNotice error={error} onAct={() => setError(null)} />}

      {item.files.length > 0 && (
        <section aria-labelledby="outbox-files">
          <Heading level={3} data-size="2xs" id="outbox-files">
            {t("files.list.label", { count: item.files.length })}
          </Heading>
          <ul className="outbox-files">
            {item.files.map((file) => (
              <li key={file.id}>
                <FileIcon name={file.name} />
                <span className="outbox-file-name">{file.name}</span>
                <span className="outbox-facts">
                  {t("files.row.facts", {
                    kind: t(KIND_WORDS[fileKind(file.name)]),
                    size: format.size(file.size),
                  })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}
