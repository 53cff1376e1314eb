import { Label } from "@digdir/designsystemet-react";
import type { ReactNode } from "react";
import { useText } from "../../i18n/index.ts";
import { FieldErrors } from "./FieldErrors.tsx";

/** What a control needs to know of the label, help and errors around it. */
export interface Described {
  readonly id: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": true | undefined;
}

/** A field: label, help, control, counter and what is wrong, tied together. */
export function FormField(props: {
  id: string;
  label: string;
  isOptional?: boolean;
  help?: string;
  /** Below the control: a counter, or why something changed. */
  note?: string | null;
  errors: readonly string[];
  className?: string;
  children(described: Described): ReactNode;
}) {
  const t = useText();
  const { id, help, note, errors } = props;
  const described = [help && `${id}-help`, note && `${id}-note`, `${id}-errors`].filter(Boolean).join(" ");
  return (
    <div className={`ds-field compose-field ${props.className ?? ""}`}>
      <Label htmlFor={id}>
        {props.label}
        {props.isOptional && <span className="compose-optional"> {t("compose.field.optional")}</span>}
      </Label>
      {help && (
        <p data-field="description" id={`${id}-help`}>
          {help}
        </p>
      )}
      {props.children({
        id,
        "aria-describedby": described,
        "aria-invalid": errors.length > 0 || undefined,
      })}
      {note && (
        <p className="compose-note" id={`${id}-note`}>
          {note}
        </p>
      )}
      <FieldErrors id={`${id}-errors`} errors={errors} />
    </div>
  );
}
