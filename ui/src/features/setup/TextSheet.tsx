import { Button, Heading } from "@digdir/designsystemet-react";
import { useState } from "react";
import { Modal, takeFocus } from "../../components/Question.tsx";
import { useText } from "../../i18n/index.ts";
import { CopyButton } from "./CopyButton.tsx";

/** A text in full before it is copied; `isOpen` lets it be changed first. */
export function TextSheet(props: {
  title: string;
  help: string;
  copy: string;
  value: string;
  canChange?: boolean;
  onClose(): void;
}) {
  const text = useText();
  const [value, setValue] = useState(props.value);
  return (
    <Modal label={props.title} className="setup-sheet" onClose={props.onClose}>
      <Heading level={2} data-size="xs">
        {props.title}
      </Heading>
      <p>{props.help}</p>
      <textarea
        className="ds-input setup-sheet-text"
        aria-label={text("setup.request.label")}
        readOnly={!props.canChange}
        spellCheck={false}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        ref={takeFocus}
      />
      <div className="setup-acts">
        <CopyButton label={props.copy} copies={value} isMain />
        <Button data-size="sm" variant="secondary" onClick={props.onClose}>
          {text("setup.text.close")}
        </Button>
      </div>
    </Modal>
  );
}
