import { useEffect, useState } from "react";
import type { Draft, Recipient } from "../../ipc/bindings.ts";
import { useHost } from "../../ipc/queries.ts";
import { bare } from "./split.ts";

function find(recipients: readonly Recipient[], text: string): Recipient | undefined {
  return (
    recipients.find((each) => each.text === text) ??
    recipients.find((each) => each.key === text || bare(each.text) === bare(text))
  );
}

/** What is known of each recipient on screen: from the saved draft, until then from a check on this machine. */
export function useRecipients(draft: Draft, texts: readonly string[]): (text: string) => Recipient {
  const host = useHost();
  const [checked, setChecked] = useState<readonly Recipient[]>([]);
  const missing = texts.filter((text) => !find(draft.recipients, text)).join("\n");
  useEffect(() => {
    if (missing === "") {
      return;
    }
    let isCurrent = true;
    host.checkRecipients(draft.account, missing.split("\n")).then(
      (found) => isCurrent && setChecked(found),
      // Without an answer they stay as being looked up; the rules tell the rest before sending.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [host, draft.account, missing]);
  return (text) =>
    find(draft.recipients, text) ??
    find(checked, text) ?? {
      key: text,
      text,
      party: { name: text, number: "", isPerson: false },
      place: null,
      state: "checking",
    };
}
