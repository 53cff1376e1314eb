import { useFormat } from "../../i18n/format.ts";
import { type Translate, useText } from "../../i18n/index.ts";
import type { Check } from "../../ipc/bindings.ts";
import { FindingView } from "./FindingView.tsx";
import { StandingWord, standingOf } from "./states.tsx";

/** What a check is about, where there are several of its kind. */
export function subjectText(check: Check, text: Translate): string | null {
  return check.subject === "sender" || check.subject === "recipient"
    ? text(`setup.subject.${check.subject}`)
    : check.subject;
}

/** One check: how it stands, what was found, what was asked and what came back. */
export function CheckView({ check, isRunning }: { check: Check; isRunning: boolean }) {
  const text = useText();
  const format = useFormat();
  const standing = standingOf(check, isRunning);
  const subject = subjectText(check, text);
  const isSettled = standing !== "running";
  return (
    <li className="setup-check" data-state={standing}>
      <div className="setup-check-head">
        <h4>
          {text(`doctor.check.${check.name}`)}
          {subject === null ? null : (
            <>
              {" "}
              <span className="setup-subject">{subject}</span>
            </>
          )}
        </h4>
        <StandingWord standing={standing} />
      </div>
      {isSettled && check.state === "skipped" ? <p>{text("setup.check.skipped")}</p> : null}
      {isSettled
        ? check.findings.map((finding, index) => <FindingView key={index} finding={finding} />)
        : null}
      {isSettled && check.asked.length > 0 ? (
        <details>
          <summary>{text("setup.check.asked")}</summary>
          <ul className="setup-asked">
            {check.asked.map((asked, index) => (
              <li key={index}>
                <code>
                  {asked.method} {asked.address}
                </code>{" "}
                {asked.status === null
                  ? text("setup.check.noAnswer")
                  : text("setup.check.status", { status: String(asked.status) })}
              </li>
            ))}
          </ul>
          {check.checkedAt === null ? null : (
            <p className="setup-fine">{text("setup.check.when", { time: format.full(check.checkedAt) })}</p>
          )}
        </details>
      ) : null}
    </li>
  );
}
