import { ValidationMessage } from "@digdir/designsystemet-react";

/** What is wrong with a field, below it. The box is always there, so that the field can point to it. */
export function FieldErrors(props: { id: string; errors: readonly string[] }) {
  return (
    <div id={props.id} className="compose-errors">
      {props.errors.map((text) => (
        <ValidationMessage key={text}>{text}</ValidationMessage>
      ))}
    </div>
  );
}
