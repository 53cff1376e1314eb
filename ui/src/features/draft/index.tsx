import { Button, Heading } from "@digdir/designsystemet-react";
import { PencilLineIcon, TrashIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { navigate } from "../../app/routes.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useDraft, useHost } from "../../ipc/queries.ts";
import { Preview } from "../compose/BodyField.tsx";
import { notify } from "../compose/notices.ts";
import { problemText } from "../compose/problems.ts";
import { chipName } from "../compose/Recipients.tsx";
import { FileIcon } from "../files/FileIcon.tsx";
import "../outbox/outbox.css";

/** A draft that is selected in the list: how far it has come, and the way on. */
export default function DraftPane(props: { id: string; onGone(): void }) {
  const t = useText();
  const format = useFormat();
  const host = useHost();
  const query = useDraft(props.id);
  const [error, setError] = useState<UiError | null>(null);
  if (query.error) {
    return <ErrorNotice error={asUiError(query.error, host.now())} onAct={() => void query.refetch()} />;
  }
  const draft = query.data;
  if (!draft) {
    return null;
  }
  const { text } = draft;
  const discard = (): void => {
    host.discardDraft(draft.id).then(
      () => {
        props.onGone();
        notify((words) => words("compose.notice.discarded"), {
          label: "compose.action.undo",
          run: async () => {
            const restored = await host.restoreDraft(draft.id);
            navigate({ place: "compose", draft: restored.id });
          },
        });
      },
      (cause: unknown) => setError(asUiError(cause, host.now())),
    );
  };
  return (
    <article className="outbox" aria-labelledby="draft-title">
      <Heading level={2} data-size="sm" id="draft-title" lang={text.language}>
        {text.title || t("draft.title.none")}
      </Heading>
      <p className="outbox-to">
        {draft.recipients.length > 0
          ? t("outbox.head.to", { name: draft.recipients.slice(0, 5).map(chipName).join(", ") })
          : t("draft.recipients.none")}
        {draft.recipients.length > 5 &&
          ` ${t("draft.recipients.more", { count: draft.recipients.length - 5 })}`}
      </p>
      <p className="outbox-facts">{t("draft.head.saved", { time: format.full(draft.savedAt) })}</p>
      {draft.refusal && (
        <section className="outbox-state" data-tone="danger">
          <p>
            <strong>{t("draft.refusal.title")}</strong>
          </p>
          <p>{problemText(draft.refusal, t)}</p>
        </section>
      )}
      <div className="outbox-acts">
        <Button onClick={() => navigate({ place: "compose", draft: draft.id })}>
          <PencilLineIcon aria-hidden />
          {t("draft.act.continue")}
        </Button>
        <Button variant="tertiary" onClick={discard}>
          <TrashIcon aria-hidden />
          {t("compose.action.discard")}
        </Button>
      </div>
      {error && <ErrorNotice error={error} onAct={() => setError(null)} />}
      {text.body.trim() !== "" && <Preview body={text.body} language={text.language} under={2} />}
      {draft.files.length > 0 && (
        <ul className="outbox-files" aria-label={t("files.list.label", { count: draft.files.length })}>
          {draft.files.map((file) => (
            <li key={file.id}>
              <FileIcon name={file.name} isRefused={file.state.kind === "refused"} />
              <span className="outbox-file-name">{file.name}</span>
              <span className="outbox-facts">{format.size(file.size)}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
