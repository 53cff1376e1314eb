import { Button } from "@digdir/designsystemet-react";
import { PencilLineIcon, XMarkIcon } from "@navikt/aksel-icons";
import { navigate } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";
import { unminimise, useMinimised } from "./minimised.ts";
import "./tabs.css";

/** Drafts put aside, at the foot of the window. Nothing when there are none. */
export default function Tabs() {
  const t = useText();
  const drafts = useMinimised();
  if (drafts.length === 0) {
    return null;
  }
  return (
    <nav className="compose-tabs" aria-label={t("compose.tabs.label")}>
      <ul>
        {drafts.map(({ draft, title }) => (
          <li key={draft}>
            <Button
              variant="tertiary"
              data-color="neutral"
              id={`compose-tab-${draft}`}
              onClick={() => navigate({ place: "compose", draft })}
            >
              <PencilLineIcon aria-hidden />
              <span className="compose-tabs-title">{title || t("compose.sheet.label")}</span>
            </Button>
            <Button
              icon
              variant="tertiary"
              data-color="neutral"
              aria-label={t("compose.tabs.close", { title: title || t("compose.sheet.label") })}
              onClick={() => unminimise(draft)}
            >
              <XMarkIcon aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
