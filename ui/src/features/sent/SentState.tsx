import { Tag } from "@digdir/designsystemet-react";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Attachment, EventKind, Message } from "../../ipc/bindings.ts";
import { eventText } from "../message/Timeline.tsx";
import "./sent.css";

type Tone = "info" | "success" | "danger" | "neutral";

function toneOf(event: EventKind): Tone {
  switch (event.kind) {
    case "failed":
    case "reserved":
      return "danger";
    case "confirmed":
    case "read":
      return "success";
    case "published":
      return "info";
    default:
      return "neutral";
  }
}

/** Where a letter we sent stands: the newest event with its time and source, and how long it can be undone. */
export function SentState(props: { message: Message }) {
  const t = useText();
  const format = useFormat();
  const { message } = props;
  const latest = message.timeline[0];
  return (
    <section className="sent-state" aria-labelledby="sent-state-title">
      <h3 id="sent-state-title">
        {t("sent.state.title", { name: message.recipient.name })}
        {message.recipient.number !== message.recipient.name && (
          <span className="sent-number"> {message.recipient.number}</span>
        )}
      </h3>
      {latest && (
        <p>
          <Tag data-color={toneOf(latest.event)}>{eventText(latest.event, t)}</Tag>
          <span className="sent-since">
            {t(latest.isLocal ? "sent.state.local" : "sent.state.altinn", { time: format.full(latest.at) })}
          </span>
        </p>
      )}
      {message.abilities.undoSend && (
        <p className="sent-since">{t("sent.undo.text", { time: format.full(message.at) })}</p>
      )}
    </section>
  );
}

/** The fingerprints of what was sent, to compare with what the recipient has. */
export function SentHashes(props: { attachments: readonly Attachment[] }) {
  const t = useText();
  const hashed = props.attachments.filter((file) => file.sha256 !== null);
  if (hashed.length === 0) {
    return null;
  }
  return (
    <details className="sent-hashes">
      <summary>{t("sent.hash.title")}</summary>
      <p>{t("sent.hash.help")}</p>
      <dl>
        {hashed.map((file) => (
          <div key={file.id}>
            <dt>{file.name}</dt>
            <dd>
              <code>{file.sha256}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
