import { type Translate, useText } from "../../i18n/index.ts";
import type { Finding, Mail } from "../../ipc/bindings.ts";
import { CopyButton } from "./CopyButton.tsx";
import { OutsideLink } from "./OutsideLink.tsx";
import { StandingIcon } from "./states.tsx";

/** What it means and what to do, in words. */
export function findingWords(finding: Finding, text: Translate): { title: string; help: string } {
  return {
    title: text(`doctor.finding.${finding.code}.title`, finding.params),
    help: text(`doctor.finding.${finding.code}.help`, finding.params),
  };
}

/** One thing that was found: what it means, what to do, and where. */
export function FindingView({ finding }: { finding: Finding }) {
  const text = useText();
  const { title, help } = findingWords(finding, text);
  return (
    <div className="setup-finding" data-state={finding.state}>
      <StandingIcon standing={finding.state} />
      <div className="setup-finding-text">
        <p className="setup-finding-title">{title}</p>
        <p>{help}</p>
        {finding.link ? (
          <div className="setup-acts">
            <OutsideLink url={finding.link} />
          </div>
        ) : null}
        {finding.mail ? <ReadyMail mail={finding.mail} /> : null}
        {finding.traceId ? (
          <p className="setup-fine">{text("setup.check.trace", { trace: finding.traceId })}</p>
        ) : null}
      </div>
    </div>
  );
}

/** A mail that only needs sending: shown whole before it is copied. */
function ReadyMail({ mail }: { mail: Mail }) {
  const text = useText();
  const subject = text(`doctor.mail.${mail.template}.subject`, mail.params);
  const body = text(`doctor.mail.${mail.template}.body`, mail.params);
  const address = `mailto:${mail.to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
  return (
    <details className="setup-mail">
      <summary>{text("setup.mail.title", { to: mail.to })}</summary>
      <p>
        <strong>{text("setup.mail.subject", { subject })}</strong>
      </p>
      <p>{body}</p>
      <div className="setup-acts">
        <CopyButton label={text("setup.mail.copy")} copies={`${mail.to}\n${subject}\n\n${body}\n`} />
        <OutsideLink url={address} label={text("setup.mail.open")} />
      </div>
    </details>
  );
}
