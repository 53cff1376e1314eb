import { Button, Heading } from "@digdir/designsystemet-react";
import { Buildings3Icon, FileTextIcon, TestFlaskIcon } from "@navikt/aksel-icons";
import type { Ref } from "react";
import { navigate } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";

/** The three ways to begin, while no account is kept. */
export function Cards({ heading, onPractice }: { heading: Ref<HTMLHeadingElement>; onPractice(): void }) {
  const text = useText();
  const cards = [
    { name: "practice", icon: TestFlaskIcon, onAct: onPractice },
    {
      name: "connect",
      icon: Buildings3Icon,
      onAct: () => navigate({ place: "setup", page: "new" }),
    },
    { name: "file", icon: FileTextIcon, onAct: () => navigate({ place: "setup", page: "new" }) },
  ] as const;
  return (
    <>
      <Heading level={2} data-size="md" ref={heading} tabIndex={-1}>
        {text("setup.cards.title")}
      </Heading>
      <p className="setup-lead">{text("setup.cards.lead")}</p>
      <ul className="setup-cards">
        {cards.map(({ name, icon: Icon, onAct }) => (
          <li key={name} className="setup-card" data-main={name === "connect" || undefined}>
            <Icon aria-hidden fontSize="2rem" />
            <h3>{text(`setup.cards.${name}.title`)}</h3>
            <p>{text(`setup.cards.${name}.text`)}</p>
            <Button variant={name === "connect" ? "primary" : "secondary"} onClick={onAct}>
              {text(`setup.cards.${name}.act`)}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
