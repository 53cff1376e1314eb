import { Button, Checkbox, Fieldset, Heading, Radio, Switch, Textfield } from "@digdir/designsystemet-react";
import { XMarkIcon } from "@navikt/aksel-icons";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { SETTINGS_PAGES, type SettingsPage } from "../../app/routes.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { Modal, takeFocus } from "../../components/Question.tsx";
import { addTexts, useText } from "../../i18n/index.ts";
import type { Settings } from "../../ipc/bindings.ts";
import "./settings.css";

const NetworkSettings = lazy(async () => {
  const [page] = await Promise.all([import("../setup/NetworkSettings.tsx"), addTexts("setup")]);
  return page;
});

export interface SettingsSheetProps {
  page: SettingsPage;
  settings: Settings;
  /** Each choice applies at once. */
  onSettings(settings: Settings): void;
  onPage(page: SettingsPage): void;
  onKeys(): void;
  onClose(): void;
}

/** Settings: pages at the left, one at the right. */
export default function SettingsSheet(props: SettingsSheetProps) {
  const { page, onPage, onClose } = props;
  const text = useText();
  return (
    <Modal label={text("settings.title")} className="settings" onClose={onClose}>
      <header className="settings-head">
        <Heading level={1} data-size="xs">
          {text("settings.title")}
        </Heading>
        <Button
          icon
          variant="tertiary"
          data-color="neutral"
          aria-label={text("settings.close")}
          title={text("settings.close")}
          onClick={onClose}
        >
          <XMarkIcon aria-hidden fontSize="1.5rem" />
        </Button>
      </header>
      <div className="settings-body">
        <nav aria-label={text("settings.title")}>
          <ul>
            {SETTINGS_PAGES.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  className="settings-page"
                  ref={name === page ? takeFocus : undefined}
                  aria-current={name === page ? "page" : undefined}
                  onClick={() => onPage(name)}
                >
                  {text(`settings.page.${name}`)}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <section aria-labelledby="settings-page-title" className="settings-content">
          <Heading level={2} data-size="2xs" id="settings-page-title">
            {text(`settings.page.${page}`)}
          </Heading>
          <Page {...props} />
        </section>
      </div>
    </Modal>
  );
}

function Page(props: SettingsSheetProps): ReactNode {
  const { page, settings, onSettings, onKeys } = props;
  const text = useText();
  const announce = useAnnounce();
  const save = (change: Partial<Settings>) => {
    onSettings({ ...settings, ...change });
    announce(text("settings.saved"));
  };
  switch (page) {
    case "general":
      return (
        <Fieldset>
          <Fieldset.Legend>{text("settings.language.label")}</Fieldset.Legend>
          <Fieldset.Description>{text("settings.language.help")}</Fieldset.Description>
          {(["nb", "nn", "en"] as const).map((language) => (
            <Radio
              key={language}
              name="language"
              label={text(`settings.language.${language}`)}
              value={language}
              checked={settings.language === language}
              onChange={() => save({ language })}
            />
          ))}
        </Fieldset>
      );
    case "appearance":
      return (
        <>
          <Fieldset>
            <Fieldset.Legend>{text("settings.scheme.label")}</Fieldset.Legend>
            {(["light", "dark", "auto"] as const).map((scheme) => (
              <Radio
                key={scheme}
                name="scheme"
                label={text(`settings.scheme.${scheme}`)}
                value={scheme}
                checked={settings.scheme === scheme}
                onChange={() => save({ scheme })}
              />
            ))}
          </Fieldset>
          <Fieldset>
            <Fieldset.Legend>{text("settings.density.label")}</Fieldset.Legend>
            {(["compact", "normal", "roomy"] as const).map((density) => (
              <Radio
                key={density}
                name="density"
                label={text(`settings.density.${density}`)}
                value={density}
                checked={settings.density === density}
                onChange={() => save({ density })}
              />
            ))}
          </Fieldset>
        </>
      );
    case "reading":
      return (
        <Switch
          label={text("settings.open.label")}
          description={text("settings.open.help")}
          checked={settings.openOnSelect}
          onChange={(event) => save({ openOnSelect: event.target.checked })}
        />
      );
    case "sending":
      return <UndoWindow minutes={settings.undoMinutes} onMinutes={(undoMinutes) => save({ undoMinutes })} />;
    case "network":
      return (
        <Suspense fallback={null}>
          <NetworkSettings />
        </Suspense>
      );
    case "shortcuts":
      return (
        <>
          <Checkbox
            label={text("settings.keys.label")}
            description={text("settings.keys.help")}
            checked={settings.singleKeys}
            onChange={(event) => save({ singleKeys: event.target.checked })}
          />
          <Button variant="secondary" onClick={onKeys}>
            {text("settings.keys.sheet")}
          </Button>
        </>
      );
    case "about":
      return (
        <>
          <p>{text("settings.about.text")}</p>
          <p>{text("settings.about.licence")}</p>
        </>
      );
  }
}

const MOST_MINUTES = 60;

function UndoWindow({ minutes, onMinutes }: { minutes: number; onMinutes(minutes: number): void }) {
  const text = useText();
  const [typed, setTyped] = useState(String(minutes));
  const [isWrong, setWrong] = useState(false);
  return (
    <Textfield
      className="settings-number"
      label={text("settings.undo.label")}
      description={text("settings.undo.help")}
      inputMode="numeric"
      value={typed}
      error={isWrong ? text("settings.undo.invalid") : undefined}
      onChange={(event) => {
        const value = event.target.value;
        setTyped(value);
        const isGood = /^\d{1,2}$/.test(value.trim()) && Number(value) <= MOST_MINUTES;
        if (isGood) {
          setWrong(false);
          onMinutes(Number(value));
        }
      }}
      onBlur={() => setWrong(!/^\d{1,2}$/.test(typed.trim()) || Number(typed) > MOST_MINUTES)}
    />
  );
}
