import { Button, Card, Heading, Paragraph } from "@digdir/designsystemet-react";
import {
  CheckmarkCircleFillIcon,
  EnvelopeOpenIcon,
  ExternalLinkIcon,
  PadlockLockedIcon,
  SealCheckmarkIcon,
} from "@navikt/aksel-icons";
import { type ReactNode, useState } from "react";
import { Avatar } from "../../components/Avatar.tsx";
import { Document } from "../../components/Document.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Attachment, Message } from "../../ipc/bindings.ts";
import { SentHashes, SentState } from "../sent/SentState.tsx";
import { Attachments } from "./Attachments.tsx";
import { LinkQuestion } from "./LinkQuestion.tsx";
import { Timeline } from "./Timeline.tsx";
import "./message.css";

export interface MessageViewProps {
  message: Message;
  now: number;
  isOffline: boolean;
  /** The title is the page’s first heading when it stands alone, the second beside a list. */
  titleLevel: 1 | 2;
  /** Where files were last saved, by attachment id. */
  saved: Readonly<Record<string, string>>;
  onOpen(): void;
  onLeave(): void;
  onConfirm(): void;
  onLink(href: string): void;
  onFetch(attachment: Attachment): void;
  onSave(attachment: Attachment): void;
  onSaveAll(): void;
}

/** Whether nobody here has opened the letter: its content shows only after a person’s act. */
export function isClosed(message: Message): boolean {
  return message.kind === "received" && !message.isSealed && message.read.kind === "unopened";
}

/** A letter: sealed, closed or open. */
export function MessageView(props: MessageViewProps) {
  const { message } = props;
  const [link, setLink] = useState<string | null>(null);
  if (message.isSealed) {
    return <Sealed {...props} />;
  }
  return (
    <div className="message">
      <Head {...props} />
      {isClosed(message) ? <Closed {...props} /> : <Open {...props} onLink={setLink} />}
      {link === null ? null : (
        <LinkQuestion
          href={link}
          sender={message.sender.name}
          onOpen={() => props.onLink(link)}
          onClose={() => setLink(null)}
        />
      )}
    </div>
  );
}

function Head({ message, titleLevel }: MessageViewProps) {
  const text = useText();
  const format = useFormat();
  return (
    <header className="message-head">
      <Heading
        level={titleLevel}
        className="message-title"
        lang={message.language}
        tabIndex={-1}
        id="message-title"
      >
        {message.title}
      </Heading>
      <div className="message-parties">
        <Avatar name={message.sender.name} isPerson={message.sender.isPerson} size="head" />
        <div>
          <p>
            <strong title={message.sender.number}>{message.sender.name}</strong>{" "}
            <span className="subtle">{text("message.to", { recipient: message.recipient.name })}</span>
          </p>
          <time className="subtle" dateTime={format.machine(message.at)}>
            {format.full(message.at)}
          </time>
        </div>
      </div>
      <dl className="message-facts">
        <Fact name={text("message.service")}>{format.local(message.service)}</Fact>
        {message.reference ? <Fact name={text("message.reference")}>{message.reference}</Fact> : null}
        {message.dueAt === null || message.confirm.kind === "asked" ? null : (
          <Fact name={text("message.due")}>{format.weekday(message.dueAt)}</Fact>
        )}
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Sealed({ onOpen, onLeave, titleLevel, message }: MessageViewProps) {
  const text = useText();
  const format = useFormat();
  return (
    <div className="message">
      <div className="message-gate">
        <PadlockLockedIcon aria-hidden fontSize="2rem" />
        <div>
          <Heading level={titleLevel} data-size="xs" tabIndex={-1} id="message-title">
            {text("message.sealed.title")}
          </Heading>
          <p className="subtle">
            {format.local(message.service)} · {format.full(message.at)}
          </p>
          <Paragraph data-size="sm">{text("message.sealed.text")}</Paragraph>
          <div className="message-acts">
            <Button onClick={onOpen}>{text("message.closed.open")}</Button>
            <Button variant="secondary" onClick={onLeave}>
              {text("message.sealed.leave")}
            </Button>
          </div>
        </div>
      </div>
    </div>
  );
}

function Closed({ message, onOpen, isOffline }: MessageViewProps) {
  const text = useText();
  return (
    <>
      {message.summary ? (
        <p className="message-summary" lang={message.language}>
          {message.summary}
        </p>
      ) : null}
      <p className="subtle">{text("message.closed.files", { count: message.attachments.length })}</p>
      <div className="message-gate">
        <EnvelopeOpenIcon aria-hidden fontSize="2rem" />
        <div>
          <Heading level={3} data-size="2xs">
            {text("message.closed.title")}
          </Heading>
          <Paragraph data-size="sm">
            {text("message.closed.text")} {isOffline ? text("message.opened.offline") : ""}
          </Paragraph>
          <Button onClick={onOpen} aria-keyshortcuts="Enter">
            {text("message.closed.open")}
          </Button>
        </div>
      </div>
    </>
  );
}

function Open(props: MessageViewProps) {
  const { message, isOffline, saved, onFetch, onSave, onSaveAll, onLink } = props;
  const text = useText();
  return (
    <>
      {message.read.kind === "pending" && isOffline ? (
        <p className="message-note">{text("message.opened.offline")}</p>
      ) : null}
      {message.kind === "sent" ? <SentState message={message} /> : null}
      <ConfirmCall {...props} />
      <Body {...props} />
      <Attachments
        attachments={message.attachments}
        isSeenBySender={message.kind === "received"}
        saved={saved}
        onFetch={onFetch}
        onSave={onSave}
        onSaveAll={onSaveAll}
      />
      {message.kind === "sent" ? <SentHashes attachments={message.attachments} /> : null}
      {message.replyLinks.length > 0 ? (
        <section className="replies" aria-labelledby="replies-title">
          <Heading level={3} id="replies-title" data-size="2xs">
            {text("message.reply.title")}
          </Heading>
          <div className="message-acts">
            {message.replyLinks.map((link) => (
              <Button key={link.url} variant="secondary" onClick={() => onLink(link.url)}>
                <ExternalLinkIcon aria-hidden fontSize="1.375rem" />
                {link.text === link.host
                  ? link.host
                  : text("message.reply.button", { text: link.text, host: link.host })}
              </Button>
            ))}
          </div>
        </section>
      ) : null}
      <Timeline entries={message.timeline} checkedAt={message.checkedAt} />
    </>
  );
}

function Body({ message, onLink, onOpen }: MessageViewProps) {
  const text = useText();
  if (message.body === null || !message.isFetched) {
    return (
      <div className="message-missing">
        <p>{text("message.body.missing")}</p>
        <Button variant="secondary" onClick={onOpen}>
          {text("message.body.fetch")}
        </Button>
      </div>
    );
  }
  if (message.body.length === 0) {
    return <p className="subtle">{text("message.body.none")}</p>;
  }
  return <Document blocks={message.body} language={message.language} under={2} onLink={onLink} />;
}

function ConfirmCall({ message, now, isOffline, onConfirm }: MessageViewProps) {
  const text = useText();
  const format = useFormat();
  const { confirm, dueAt } = message;
  switch (confirm.kind) {
    case "notAsked":
      return null;
    case "pending":
      return (
        <p className="message-note" role="status">
          {text(isOffline ? "message.confirm.pendingOffline" : "message.confirm.pending")}
        </p>
      );
    case "done":
      return (
        <p className="message-note" data-color="success">
          <CheckmarkCircleFillIcon aria-hidden fontSize="1.25rem" />
          {text("message.confirm.done", { time: format.full(confirm.at) })}
        </p>
      );
    case "asked": {
      const title =
        dueAt === null
          ? text("message.confirm.noDue")
          : text(dueAt < now ? "message.confirm.passed" : "message.confirm.due", {
              date: format.weekday(dueAt),
            });
      return (
        <Card className="confirm-call" data-color={dueAt !== null && dueAt < now ? "danger" : "warning"}>
          <SealCheckmarkIcon aria-hidden fontSize="1.75rem" />
          <div>
            <Heading level={3} data-size="2xs">
              {title}
            </Heading>
            <Paragraph data-size="sm">
              {text("message.confirm.text", { sender: message.sender.name })}
            </Paragraph>
            {message.abilities.confirm ? (
              <Button data-color="company" onClick={onConfirm} aria-keyshortcuts="c">
                <CheckmarkCircleFillIcon aria-hidden fontSize="1.375rem" />
                {text("message.confirm.act")}
              </Button>
            ) : null}
          </div>
        </Card>
      );
    }
  }
}
