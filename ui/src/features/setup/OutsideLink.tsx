import { Button } from "@digdir/designsystemet-react";
import { ExternalLinkIcon } from "@navikt/aksel-icons";
import { useText } from "../../i18n/index.ts";
import { useHost } from "../../ipc/queries.ts";

/** The host of an address, as a person reads it. */
function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** Opens a page outside the window; its host stands in the button, so that nobody is led anywhere unawares. */
export function OutsideLink(props: { url: string; label?: string }) {
  const text = useText();
  const host = useHost();
  return (
    <Button
      data-size="sm"
      variant="secondary"
      onClick={() => void host.openLink(props.url)}
      title={props.url}
    >
      <ExternalLinkIcon aria-hidden fontSize="1.25rem" />
      {props.label ?? text("setup.link.open", { host: hostOf(props.url) })}
    </Button>
  );
}
