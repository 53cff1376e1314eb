import { Button, Select, Tabs, Textarea } from "@digdir/designsystemet-react";
import { BulletListIcon, LinkIcon, NumberListIcon, PersonIcon } from "@navikt/aksel-icons";
import { type KeyboardEvent, type ReactNode, useEffect, useImperativeHandle, useRef, useState } from "react";
import { ariaKeys, type KeyAct } from "../../app/keys.ts";
import { Document } from "../../components/Document.tsx";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Block } from "../../ipc/bindings.ts";
import { useHost } from "../../ipc/queries.ts";
import { FieldErrors } from "./FieldErrors.tsx";
import { continueList, type Edit, edit, insertion, type Tool } from "./markdown.ts";

/** What Altinn replaces by the recipient's name. */
export const RECIPIENT_NAME = "{{recipientName}}";

/** The longest body, in UTF-16 units; the counter shows from this many below it. */
const COUNTER_FROM = 29_000;

/** Makes an edit in the field as if it were typed, so that the field's own undo takes it back. */
function type(field: HTMLTextAreaElement, made: Edit): void {
  field.focus();
  field.setSelectionRange(made.from, made.to);
  const isDone =
    made.insert === ""
      ? document.execCommand("delete")
      : document.execCommand("insertText", false, made.insert);
  if (!isDone) {
    field.setRangeText(made.insert, made.from, made.to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(made.select.start, made.select.end);
}

/** What the sheet's keys reach. */
export interface BodyHandle {
  use(tool: Tool): void;
  turn(): void;
}

type Letter = "heading" | "bold" | "italic";

interface ToolLine {
  tool: Tool;
  act: KeyAct | null;
  label: TextKey;
  placeholder: TextKey;
  /** A letter in its own style, or an icon. */
  letter?: Letter;
  icon?: ReactNode;
}

const TOOLS: readonly ToolLine[] = [
  {
    tool: "heading",
    act: null,
    label: "compose.tool.heading",
    placeholder: "compose.tool.someHeading",
    letter: "heading",
  },
  {
    tool: "bold",
    act: "bold",
    label: "compose.tool.bold",
    placeholder: "compose.tool.someText",
    letter: "bold",
  },
  {
    tool: "italic",
    act: "italic",
    label: "compose.tool.italic",
    placeholder: "compose.tool.someText",
    letter: "italic",
  },
  {
    tool: "bullets",
    act: "bulletList",
    label: "compose.tool.bullets",
    placeholder: "compose.tool.someText",
    icon: <BulletListIcon aria-hidden />,
  },
  {
    tool: "numbers",
    act: "numberedList",
    label: "compose.tool.numbers",
    placeholder: "compose.tool.someText",
    icon: <NumberListIcon aria-hidden />,
  },
  {
    tool: "link",
    act: "link",
    label: "compose.tool.link",
    placeholder: "compose.tool.someLink",
    icon: <LinkIcon aria-hidden />,
  },
];

const FACES: Record<Letter, TextKey> = {
  heading: "compose.tool.headingFace",
  bold: "compose.tool.boldFace",
  italic: "compose.tool.italicFace",
};

function ToolBar(props: { onTool(tool: Tool): void; onName(): void }) {
  const t = useText();
  const [at, setAt] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 && event.key !== "Home" && event.key !== "End") {
      return;
    }
    event.preventDefault();
    const last = TOOLS.length;
    const next = event.key === "Home" ? 0 : event.key === "End" ? last : (at + step + last + 1) % (last + 1);
    setAt(next);
    bar.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div
      role="toolbar"
      aria-label={t("compose.tool.bar")}
      className="compose-tools"
      ref={bar}
      onKeyDown={move}
    >
      {TOOLS.map(({ tool, act, label, letter, icon }, index) => (
        <Button
          key={tool}
          icon
          variant="tertiary"
          data-size="sm"
          aria-label={t(label)}
          title={t(label)}
          aria-keyshortcuts={act ? ariaKeys(act) : undefined}
          tabIndex={index === at ? 0 : -1}
          onFocus={() => setAt(index)}
          // The selection in the text stays when the mouse presses a button.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onTool(tool)}
        >
          {letter ? (
            <span className={`compose-face-${letter}`} aria-hidden>
              {t(FACES[letter])}
            </span>
          ) : (
            icon
          )}
        </Button>
      ))}
      <Button
        icon
        variant="tertiary"
        data-size="sm"
        aria-label={t("compose.tool.name")}
        title={t("compose.tool.name")}
        tabIndex={at === TOOLS.length ? 0 : -1}
        onFocus={() => setAt(TOOLS.length)}
        onMouseDown={(event) => event.preventDefault()}
        onClick={props.onName}
      >
        <PersonIcon aria-hidden />
      </Button>
    </div>
  );
}

/** What the recipient will see, from the engine that also reads received letters. */
export function Preview(props: { body: string; language: string; under: number }) {
  const host = useHost();
  const t = useText();
  const [blocks, setBlocks] = useState<readonly Block[] | null>(null);
  useEffect(() => {
    let isCurrent = true;
    host.preview(props.body).then(
      (read) => isCurrent && setBlocks(read),
      () => isCurrent && setBlocks([]),
    );
    return () => {
      isCurrent = false;
    };
  }, [host, props.body]);
  if (blocks === null) {
    return null;
  }
  if (blocks.length === 0) {
    return <p className="compose-note">{t("compose.preview.empty")}</p>;
  }
  return (
    <Document
      blocks={blocks}
      language={props.language}
      under={props.under}
      onLink={(href) => void host.openLink(href).catch(() => undefined)}
    />
  );
}

/** The letter's text: tool bar, write and preview, language. */
export function BodyField(props: {
  id: string;
  value: string;
  language: string;
  errors: readonly string[];
  handle: { current: BodyHandle | null };
  onChange(value: string): void;
  onLanguage(language: string): void;
  onLeave(): void;
}) {
  const t = useText();
  const { id, value, errors } = props;
  const [tab, setTab] = useState("write");
  const field = useRef<HTMLTextAreaElement>(null);

  const apply = (made: Edit | null | undefined): void => {
    if (field.current && made) {
      type(field.current, made);
    }
  };
  const here = () => ({ start: field.current?.selectionStart ?? 0, end: field.current?.selectionEnd ?? 0 });
  const use = (tool: Tool): void => {
    const line = TOOLS.find((each) => each.tool === tool);
    if (line && field.current) {
      apply(edit(tool, field.current.value, here(), t(line.placeholder)));
    }
  };
  useImperativeHandle(props.handle, () => ({
    use,
    turn: () => {
      setTab(tab === "write" ? "preview" : "write");
      window.requestAnimationFrame(() =>
        document.getElementById(tab === "write" ? `${id}-preview` : id)?.focus(),
      );
    },
  }));

  const note =
    value.length >= COUNTER_FROM ? t("compose.body.counter", { count: value.length, limit: 30_000 }) : null;
  return (
    <div className="ds-field compose-field compose-body">
      <Tabs value={tab} onChange={setTab} data-size="sm">
        <div className="compose-body-head">
          <label className="ds-label" htmlFor={id}>
            {t("compose.body.label")}
          </label>
          {tab === "write" && (
            <ToolBar onTool={use} onName={() => apply(insertion(here(), RECIPIENT_NAME))} />
          )}
          <Tabs.List aria-label={t("compose.body.label")}>
            <Tabs.Tab value="write" aria-keyshortcuts={ariaKeys("preview")}>
              {t("compose.body.write")}
            </Tabs.Tab>
            <Tabs.Tab value="preview" aria-keyshortcuts={ariaKeys("preview")}>
              {t("compose.body.preview")}
            </Tabs.Tab>
          </Tabs.List>
        </div>
        <Tabs.Panel value="write">
          <Textarea
            ref={field}
            id={id}
            rows={9}
            lang={props.language}
            value={value}
            aria-describedby={`${id}-errors ${note ? `${id}-note` : ""}`}
            aria-invalid={errors.length > 0 || undefined}
            onChange={(event) => props.onChange(event.target.value)}
            onKeyDown={(event) => {
              if (
                event.key !== "Enter" ||
                event.ctrlKey ||
                event.metaKey ||
                event.shiftKey ||
                event.nativeEvent.isComposing
              ) {
                return;
              }
              const made = continueList(event.currentTarget.value, here());
              if (made) {
                event.preventDefault();
                apply(made);
              }
            }}
            onBlur={props.onLeave}
          />
        </Tabs.Panel>
        <Tabs.Panel value="preview" className="compose-preview">
          <div id={`${id}-preview`} tabIndex={-1} className="compose-preview-page">
            {tab === "preview" && <Preview body={value} language={props.language} under={2} />}
          </div>
        </Tabs.Panel>
      </Tabs>
      {note && (
        <p className="compose-note" id={`${id}-note`}>
          {note}
        </p>
      )}
      <FieldErrors id={`${id}-errors`} errors={errors} />
      <div className="compose-language">
        <label className="ds-label" htmlFor="compose-language">
          {t("compose.language.label")}
        </label>
        <Select
          id="compose-language"
          value={props.language}
          onChange={(event) => props.onLanguage(event.target.value)}
          onBlur={props.onLeave}
        >
          <Select.Option value="nb">{t("compose.language.nb")}</Select.Option>
          <Select.Option value="nn">{t("compose.language.nn")}</Select.Option>
          <Select.Option value="en">{t("compose.language.en")}</Select.Option>
        </Select>
      </div>
    </div>
  );
}
