import { Button, Heading } from "@digdir/designsystemet-react";
import { Buildings3Icon, FileTextIcon, TestFlaskIcon } from "@navikt/aksel-icons";
import type { Ref } from "react";
import { navigate } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";
import { SetupFileButton } from "./SetupFileButton.tsx";

/** The three ways to begin, while no account is kept. */
export function Cards({
  heading,
  onPractice,
  onTaken,
}: {
  heading: Ref<HTMLHeadingElement>;
  onPractice(): void;
  /** A set-up file has been taken; the first of its accounts. */
  onTaken(account: string): void;
}) {
  const text = useText();
  const cards = [
    ["practice", TestFlaskIcon],
    ["connect", Buildings3Icon],
    ["file", FileTextIcon],
  ] as const;
  return (
    <>
      <Heading level={2} data-size="md" ref={heading} tabIndex={-1}>
        {text("setup.cards.title")}
      </Heading>
      <p className="setup-lead">{text("setup.cards.lead")}</p>
      <ul className="setup-cards">
        {cards.map(([name, Icon]) => (
          <li key={name} className="setup-card" data-main={name === "connect" || undefined}>
            <Icon aria-hidden fontSize="2rem" />
            <h3>{text(`setup.cards.${name}.title`)}</h3>
            <p>{text(`setup.cards.${name}.text`)}</p>
            {name === "file" ? (
              <SetupFileButton label={text("setup.cards.file.act")} onTaken={onTaken} />
            ) : (
              <Button
                variant={name === "connect" ? "primary" : "secondary"}
                onClick={name === "practice" ? onPractice : () => navigate({ place: "setup", page: "new" })}
              >
                {text(`setup.cards.${name}.act`)}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
