import { Button, Dialog, Heading, Paragraph } from "@digdir/designsystemet-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../i18n/index.ts";
import "./question.css";

/** A question before an act that cannot be undone. */
export interface QuestionProps {
  title: string;
  children: ReactNode;
  /** Name of the act. */
  yes: string;
  tone?: "danger";
  onYes(): void;
  onNo(): void;
}

/** Two acts; the harmless one is Esc and takes the focus. */
export function Question({ title, children, yes, tone, onYes, onNo }: QuestionProps) {
  const text = useText();
  return (
    <Modal label={title} onClose={onNo}>
      <Heading level={2} data-size="xs" className="question-title">
        {title}
      </Heading>
      <div className="question-text">
        {typeof children === "string" ? <Paragraph data-size="sm">{children}</Paragraph> : children}
      </div>
      <div className="question-acts">
        <Button data-color={tone} onClick={onYes}>
          {yes}
        </Button>
        <Button variant="secondary" onClick={onNo} ref={takeFocus}>
          {text("app.act.cancel")}
        </Button>
      </div>
    </Modal>
  );
}

/** The engines put focus on the element with the attribute when a dialog opens; React’s prop does not reach it. */
export function takeFocus(element: HTMLElement | null): void {
  element?.setAttribute("autofocus", "");
}

/** A modal dialog that gives focus back to what opened it. */
export function Modal({
  label,
  onClose,
  className,
  children,
}: {
  label: string;
  onClose(): void;
  className?: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    if (element && !element.open) {
      element.showModal();
      element.querySelector<HTMLElement>("[autofocus]")?.focus();
    }
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  return (
    <Dialog
      ref={dialog}
      aria-label={label}
      closeButton={false}
      className={className ?? "question"}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
        }
      }}
    >
      {children}
    </Dialog>
  );
}
