import { Button } from "@digdir/designsystemet-react";
import { CheckmarkIcon, ClipboardIcon } from "@navikt/aksel-icons";
import { useEffect, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { useText } from "../../i18n/index.ts";

/** Milliseconds that the button says it is done. */
const SHOWN = 3000;

/** A button that copies a text, and says so. */
export function CopyButton(props: { label: string; copies: string; isMain?: boolean }) {
  const text = useText();
  const announce = useAnnounce();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (isCopied) {
      const timer = window.setTimeout(() => setCopied(false), SHOWN);
      return () => window.clearTimeout(timer);
    }
  }, [isCopied]);
  return (
    <Button
      data-size="sm"
      variant={props.isMain ? "primary" : "secondary"}
      onClick={() => {
        void navigator.clipboard.writeText(props.copies).then(() => {
          setCopied(true);
          announce(text("setup.text.copied"));
        });
      }}
    >
      {isCopied ? (
        <CheckmarkIcon aria-hidden fontSize="1.25rem" />
      ) : (
        <ClipboardIcon aria-hidden fontSize="1.25rem" />
      )}
      {isCopied ? text("setup.text.copied") : props.label}
    </Button>
  );
}
