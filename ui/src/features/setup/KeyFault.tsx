import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { UiError } from "../../ipc/bindings.ts";
import { keyCode, keyFault } from "./keyFaults.ts";

/** What is wrong with a key and what to do about it, with the code to quote. */
export function KeyFault({ error }: { error: UiError }) {
  const text = useText();
  const format = useFormat();
  return (
    <>
      <span>{keyFault(error, text)}</span>{" "}
      <span className="setup-fine setup-fault-code">
        {text("error.details.line", { code: keyCode(error), time: format.full(error.at) })}
      </span>
    </>
  );
}
