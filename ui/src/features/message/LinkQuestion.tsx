import { Button, Heading, Paragraph } from "@digdir/designsystemet-react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { Modal, takeFocus } from "../../components/Question.tsx";
import { useText } from "../../i18n/index.ts";

/** The address as it really is: letters of other scripts in the host shown as punycode. */
export function plainAddress(href: string): string {
  try {
    return new URL(href).href;
  } catch {
    return href;
  }
}

/** Shows where a link leads before anything opens. */
export function LinkQuestion({
  href,
  sender,
  onOpen,
  onClose,
}: {
  href: string;
  sender: string;
  onOpen(): void;
  onClose(): void;
}) {
  const text = useText();
  const announce = useAnnounce();
  const address = plainAddress(href);
  return (
    <Modal label={text("message.link.title")} onClose={onClose}>
      <Heading level={2} data-size="xs" className="question-title">
        {text("message.link.title")}
      </Heading>
      <div className="question-text">
        <Paragraph data-size="sm">{text("message.link.text", { sender })}</Paragraph>
        <p className="link-address">{address}</p>
      </div>
      <div className="question-acts">
        <Button
          onClick={() => {
            onOpen();
            onClose();
          }}
        >
          {text("message.link.open")}
        </Button>
        <Button
          variant="secondary"
          onClick={() => {
            void navigator.clipboard.writeText(address).then(() => announce(text("message.link.copied")));
          }}
        >
          {text("message.link.copy")}
        </Button>
        <Button variant="tertiary" onClick={onClose} ref={takeFocus}>
          {text("app.act.cancel")}
        </Button>
      </div>
    </Modal>
  );
}
