import { Input, Select } from "@digdir/designsystemet-react";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Account, Service } from "../../ipc/bindings.ts";
import { FormField } from "./FormField.tsx";

/** The login level that everyone who reads digital post has; only more than that is worth a word. */
const ORDINARY_LEVEL = 3;

/** What the letter is sent on, and for whom. */
export function ServiceFields(props: {
  services: readonly Service[];
  resource: string | null;
  account: Account | null;
  errors: readonly string[];
  onChange(service: Service | null): void;
  onLeave(): void;
}) {
  const t = useText();
  const format = useFormat();
  const chosen = props.services.find((service) => service.resource === props.resource);
  const needs = [
    chosen?.isConfidential ? t("compose.service.confidential") : "",
    chosen && chosen.minimumLevel > ORDINARY_LEVEL
      ? t("compose.service.level", { level: chosen.minimumLevel })
      : "",
  ].filter((line) => line !== "");
  return (
    <div className="compose-pair">
      <FormField
        id="compose-service"
        label={t("compose.service.label")}
        note={needs.join(" ") || null}
        errors={props.errors}
      >
        {(described) => (
          <Select
            {...described}
            value={props.resource ?? ""}
            onChange={(event) =>
              props.onChange(
                props.services.find((service) => service.resource === event.target.value) ?? null,
              )
            }
            onBlur={props.onLeave}
          >
            {!chosen && (
              <Select.Option value={props.resource ?? ""}>{t("compose.service.choose")}</Select.Option>
            )}
            {props.services.map((service) => (
              <Select.Option key={service.resource} value={service.resource}>
                {format.local(service.title)}
              </Select.Option>
            ))}
          </Select>
        )}
      </FormField>
      <FormField id="compose-from" label={t("compose.from.label")} errors={[]}>
        {(described) => (
          <Input
            {...described}
            readOnly
            value={
              props.account
                ? t("compose.from.party", {
                    name: props.account.name,
                    number: format.organisation(props.account.organisationNumber),
                  })
                : ""
            }
          />
        )}
      </FormField>
    </div>
  );
}
