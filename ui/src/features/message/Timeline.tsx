import { Heading } from "@digdir/designsystemet-react";
import {
  CheckmarkCircleIcon,
  CircleIcon,
  CloudUpIcon,
  DownloadIcon,
  EnvelopeClosedIcon,
  EnvelopeOpenIcon,
  SealCheckmarkIcon,
  TrashIcon,
  XMarkOctagonIcon,
} from "@navikt/aksel-icons";
import type { ComponentType } from "react";
import { useFormat } from "../../i18n/format.ts";
import { type Translate, useText } from "../../i18n/index.ts";
import type { EventKind, TimelineEntry } from "../../ipc/bindings.ts";

type Icon = ComponentType<{ "aria-hidden"?: boolean; fontSize?: string }>;

const ICONS: Partial<Record<EventKind["kind"], Icon>> = {
  published: EnvelopeClosedIcon,
  read: EnvelopeOpenIcon,
  confirmed: SealCheckmarkIcon,
  attachmentsDownloaded: DownloadIcon,
  fetched: CheckmarkCircleIcon,
  accepted: CloudUpIcon,
  queued: CloudUpIcon,
  failed: XMarkOctagonIcon,
  reserved: XMarkOctagonIcon,
  purgedByAltinn: TrashIcon,
  purgedByRecipient: TrashIcon,
};

/** The one word of a state, everywhere. */
export function eventText(event: EventKind, text: Translate): string {
  return event.kind === "other" ? text("event.other", { text: event.text }) : text(`event.${event.kind}`);
}

/** What has happened to a letter, newest first; each line with its time and its source. */
export function Timeline({
  entries,
  checkedAt,
}: {
  entries: readonly TimelineEntry[];
  checkedAt: number | null;
}) {
  const text = useText();
  const format = useFormat();
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <Heading level={3} id="timeline-title" data-size="2xs">
        {text("message.timeline.title")}
      </Heading>
      <ol>
        {entries.map((entry) => {
          const Icon = ICONS[entry.event.kind] ?? CircleIcon;
          const source = text(entry.isLocal ? "message.timeline.local" : "message.timeline.altinn");
          return (
            <li key={`${entry.event.kind} ${entry.at} ${entry.detail ?? ""}`}>
              <Icon aria-hidden fontSize="1.25rem" />
              <div>
                <span className="timeline-what">{eventText(entry.event, text)}</span>
                {entry.detail ? <span className="timeline-detail">{entry.detail}</span> : null}
                <time className="timeline-when" dateTime={format.machine(entry.at)}>
                  {text("message.timeline.source", { time: format.full(entry.at), source })}
                </time>
              </div>
            </li>
          );
        })}
      </ol>
      {checkedAt === null ? null : (
        <p className="timeline-checked">
          {text("message.timeline.checked", { time: format.full(checkedAt) })}
        </p>
      )}
    </section>
  );
}
