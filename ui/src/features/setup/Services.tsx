import { Button, Checkbox, Heading, Tag, Textfield } from "@digdir/designsystemet-react";
import { ArrowsCirclepathIcon } from "@navikt/aksel-icons";
import { useDeferredValue, useEffect, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { AccountEntry, FoundResource, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useCatalogue, useHost } from "../../ipc/queries.ts";

type Lists = Pick<AccountEntry["draft"], "readResources" | "writeResources">;

const toggled = (list: readonly string[], id: string, isOn: boolean): string[] =>
  isOn ? [...list, id] : list.filter((one) => one !== id);

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id));

/** Services of the registry, by title and owner: on which letters are received, and on which they are sent. */
export function Services({ entry }: { entry: AccountEntry }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const announce = useAnnounce();
  const [words, setWords] = useState("");
  const { data: catalogue } = useCatalogue(entry.id, useDeferredValue(words.trim()));
  const [lists, setLists] = useState<Lists>(entry.draft);
  const [isFetching, setFetching] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const { draft } = entry;
  const isChanged =
    !isSame(lists.readResources, draft.readResources) || !isSame(lists.writeResources, draft.writeResources);
  const fetchedAt = catalogue?.fetchedAt ?? null;
  const found = catalogue?.resources ?? [];
  useEffect(() => {
    if (fetchedAt !== null) {
      setFetching(false);
    }
  }, [fetchedAt]);

  const save = () => {
    setBusy(true);
    setError(null);
    const { readResources, writeResources } = lists;
    host
      .changeAccount(entry.id, { ...draft, readResources, writeResources })
      .then(
        (outcome) => {
          if (outcome.kind === "kept") {
            announce(text("setup.services.saved"));
          }
        },
        (cause: unknown) => setError(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section className="setup-services" aria-labelledby="setup-services">
      <Heading level={3} data-size="2xs" id="setup-services">
        {text("setup.services.title")}
      </Heading>
      <div className="setup-acts setup-line">
        <Button
          data-size="sm"
          variant={fetchedAt === null ? "primary" : "secondary"}
          onClick={() => {
            setError(null);
            setFetching(true);
            host.startCatalogue(entry.id).catch((cause: unknown) => setError(asUiError(cause, host.now())));
          }}
        >
          <ArrowsCirclepathIcon aria-hidden fontSize="1.25rem" />
          {text(fetchedAt === null ? "setup.services.fetch" : "setup.services.refresh")}
        </Button>
        <span className="setup-fine" role="status">
          {isFetching
            ? text("setup.services.fetching")
            : fetchedAt === null
              ? text("setup.services.never")
              : text("setup.services.fetched", { time: format.full(fetchedAt) })}
        </span>
      </div>
      {fetchedAt === null ? null : (
        <>
          <Textfield
            data-size="sm"
            label={text("setup.services.search")}
            autoComplete="off"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <p className="setup-fine" role="status">
            {text("setup.services.count", {
              total: format.number(catalogue?.total ?? 0),
              count: catalogue?.total ?? 0,
              shown: format.number(found.length),
            })}
          </p>
          <ul className="setup-checks setup-found">
            {found.map((resource) => (
              <Found
                key={resource.resource}
                resource={resource}
                lists={lists}
                canSend={draft.signIn.kind !== "person"}
                onLists={(next) => setLists({ ...lists, ...next })}
              />
            ))}
          </ul>
        </>
      )}
      {error ? <ErrorNotice error={error} level={4} onAct={save} /> : null}
      <div className="setup-acts setup-line">
        <Button
          aria-disabled={!isChanged || isBusy || undefined}
          onClick={() => (isChanged && !isBusy ? save() : null)}
        >
          {text("setup.services.save")}
        </Button>
        <span className="setup-fine">
          {text("setup.accounts.services", {
            receives: lists.readResources.length,
            sends: lists.writeResources.length,
          })}
        </span>
      </div>
    </section>
  );
}

function Found({
  resource,
  lists,
  canSend,
  onLists,
}: {
  resource: FoundResource;
  lists: Lists;
  canSend: boolean;
  onLists(lists: Partial<Lists>): void;
}) {
  const text = useText();
  const format = useFormat();
  const id = resource.resource;
  const title = format.local(resource.title);
  const tags = [
    ...(resource.isOwn ? [text("setup.services.own")] : []),
    ...(resource.isConfidential ? [text("setup.services.confidential")] : []),
    ...(!resource.minimumLevel ? [] : [text("setup.services.level", { level: resource.minimumLevel })]),
    ...(resource.isListedOnly ? [text("setup.services.listed")] : []),
    ...(resource.isMigrated ? [text("setup.services.migrated")] : []),
  ];
  return (
    <li className="setup-check setup-resource" aria-label={title}>
      <div className="setup-row-text">
        <strong>{title}</strong>
        <span className="setup-fine">
          {format.local(resource.owner)} · <span className="setup-code">{id}</span>
        </span>
        {tags.length > 0 ? (
          <span className="setup-tags">
            {tags.map((tag) => (
              <Tag key={tag} data-size="sm" data-color="neutral">
                {tag}
              </Tag>
            ))}
          </span>
        ) : null}
      </div>
      <Checkbox
        label={
          <Choice shown={text("setup.services.receive")} told={text("setup.services.receiveOn", { title })} />
        }
        checked={lists.readResources.includes(id)}
        onChange={(event) =>
          onLists({ readResources: toggled(lists.readResources, id, event.target.checked) })
        }
      />
      <Checkbox
        label={<Choice shown={text("setup.services.send")} told={text("setup.services.sendOn", { title })} />}
        checked={lists.writeResources.includes(id)}
        disabled={!canSend || resource.isMigrated || !resource.isOwn}
        onChange={(event) =>
          onLists({ writeResources: toggled(lists.writeResources, id, event.target.checked) })
        }
      />
    </li>
  );
}

/** A short word for the eye; which service it is about, for the ear. */
function Choice({ shown, told }: { shown: string; told: string }) {
  return (
    <>
      <span aria-hidden="true">{shown}</span>
      <span className="visually-hidden">{told}</span>
    </>
  );
}
