import { Button, Dialog, Heading, Switch } from "@digdir/designsystemet-react";
import { StethoscopeIcon, XMarkIcon } from "@navikt/aksel-icons";
import { Fragment } from "react";
import { KEY_TABLE, type KeyPlace, shownKey } from "../../app/keys.ts";
import { navigate } from "../../app/routes.ts";
import { useFocusBack } from "../../components/useFocusBack.ts";
import { type TextKey, useText } from "../../i18n/index.ts";
import { useHost, useSettings } from "../../ipc/queries.ts";
import "./help.css";

const PLACES: ReadonlyArray<readonly [KeyPlace, TextKey]> = [
  ["anywhere", "help.place.anywhere"],
  ["list", "help.place.list"],
  ["reading", "help.place.reading"],
  ["compose", "help.place.compose"],
  ["dialog", "help.place.dialog"],
];

/** Nine keys for nine folders are one line. */
function shown(keys: readonly string[]): readonly string[] {
  const first = keys[0];
  const last = keys.at(-1);
  return keys.length > 4 && first !== undefined && last !== undefined ? [`${first} … ${last}`] : keys;
}

/** The sheet of shortcuts, made of the one table of keys. */
export default function Help(props: { onClose(): void }) {
  const t = useText();
  const host = useHost();
  const settings = useSettings();
  useFocusBack();
  return (
    <Dialog open closeButton={false} className="help" aria-labelledby="help-heading" onClose={props.onClose}>
      <header className="help-head">
        <Heading level={2} data-size="sm" id="help-heading">
          {t("help.sheet.label")}
        </Heading>
      </header>
      <div className="help-main">
        {settings.data && (
          <Switch
            label={t("help.single.label")}
            description={t("help.single.help")}
            checked={settings.data.singleKeys}
            onChange={(event) => {
              if (settings.data) {
                void host
                  .saveSettings({ ...settings.data, singleKeys: event.target.checked })
                  .catch(() => undefined);
              }
            }}
          />
        )}
        <div className="help-places">
          {PLACES.map(([place, name]) => (
            <section key={place} aria-labelledby={`help-${place}`}>
              <Heading level={3} data-size="2xs" id={`help-${place}`}>
                {t(name)}
              </Heading>
              <dl>
                {KEY_TABLE.filter((line) => line.place === place).map((line) => (
                  <div key={line.act} className="help-line">
                    <dt>{t(line.text)}</dt>
                    <dd>
                      {shown(line.keys).map((key, index) => (
                        <Fragment key={key}>
                          {index > 0 && <span> {t("help.keys.or")} </span>}
                          <kbd>{shownKey(key)}</kbd>
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
      <footer className="help-foot">
        <Button
          variant="secondary"
          // React's own prop does not reach the element, and a dialog looks for the attribute.
          ref={(element) => element?.setAttribute("autofocus", "")}
          onClick={props.onClose}
        >
          <XMarkIcon aria-hidden />
          {t("help.action.close")}
        </Button>
        <Button variant="tertiary" onClick={() => navigate({ place: "setup", page: "groundwork" })}>
          <StethoscopeIcon aria-hidden />
          {t("app.setup.check")}
        </Button>
      </footer>
    </Dialog>
  );
}
