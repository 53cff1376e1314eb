import { ClockIcon, EnvelopeClosedIcon, MagnifyingGlassIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, type Ref, useId, useState } from "react";
import { ariaKeys, shownKey } from "../../app/keys.ts";
import { useLanguage, useText } from "../../i18n/index.ts";
import type { ListQuery, Row } from "../../ipc/bindings.ts";
import { keys } from "../../ipc/cache.ts";
import { useHost } from "../../ipc/queries.ts";
import { operatorHints, operatorName, recentSearches, rememberSearch, withOperator } from "./operators.ts";
import "./search.css";

interface Suggestion {
  id: string;
  section: "recent" | "operators" | "letters";
  icon: ReactNode;
  text: string;
  note: string;
  onPick(): void;
}

export interface SearchFieldProps {
  value: string;
  account: string;
  onChange(text: string): void;
  /** Enter without a choice: the list takes over. */
  onSearch(text: string): void;
  onClear(): void;
  onOpen(row: Row): void;
  ref?: Ref<HTMLInputElement>;
}

const LETTERS_SHOWN = 5;

/** The search field: a combobox whose list offers recent searches, operators and letters. */
export function SearchField({ value, account, onChange, onSearch, onClear, onOpen, ref }: SearchFieldProps) {
  const host = useHost();
  const text = useText();
  const language = useLanguage();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [choice, setChoice] = useState(-1);
  const query: ListQuery = {
    account,
    place: { kind: "everywhere" },
    search: value,
    filters: { unread: false, needsConfirmation: false, attachments: false, due: false },
    sort: "newest",
  };
  const { data: letters } = useQuery({
    queryKey: [...keys.lists(account), "suggestions", value],
    queryFn: () => host.listRows(query, 0, LETTERS_SHOWN),
    enabled: isOpen && value.trim().length > 1,
    placeholderData: (previous) => previous,
  });

  const suggestions: Suggestion[] = [];
  if (value === "") {
    for (const entry of recentSearches()) {
      suggestions.push({
        id: `recent ${entry}`,
        section: "recent",
        icon: <ClockIcon aria-hidden fontSize="1.25rem" />,
        text: entry,
        note: "",
        onPick: () => search(entry),
      });
    }
  } else {
    for (const operator of operatorHints(value, language)) {
      suggestions.push({
        id: `operator ${operator}`,
        section: "operators",
        icon: <MagnifyingGlassIcon aria-hidden fontSize="1.25rem" />,
        text: `${operatorName(operator, language)}:`,
        note: text(`search.operator.${operator}`),
        onPick: () => {
          onChange(withOperator(value, operator, language));
          setChoice(-1);
        },
      });
    }
    for (const row of value.trim().length > 1 ? (letters ?? []) : []) {
      suggestions.push({
        id: `letter ${row.id}`,
        section: "letters",
        icon: <EnvelopeClosedIcon aria-hidden fontSize="1.25rem" />,
        text: row.isSealed ? text("list.row.sealed") : row.title || text("list.row.noTitle"),
        note: row.counterpart,
        onPick: () => {
          rememberSearch(value);
          setOpen(false);
          onOpen(row);
        },
      });
    }
  }
  const isShown = isOpen && suggestions.length > 0;

  const search = (query: string) => {
    rememberSearch(query);
    setOpen(false);
    setChoice(-1);
    onSearch(query);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setOpen(true);
      setChoice((before) => {
        const next = before + step;
        return next >= suggestions.length ? -1 : next < -1 ? suggestions.length - 1 : next;
      });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const picked = isShown ? suggestions[choice] : undefined;
      if (picked) {
        picked.onPick();
      } else if (value.trim() !== "") {
        search(value);
      }
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (isShown) {
        setOpen(false);
      } else if (value !== "") {
        onClear();
      }
    }
  };

  return (
    <search className="search">
      <div className="search-field">
        <MagnifyingGlassIcon aria-hidden fontSize="1.375rem" />
        <input
          ref={ref}
          type="text"
          role="combobox"
          className="search-input"
          aria-label={text("search.label")}
          aria-keyshortcuts={ariaKeys("search")}
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={isShown ? `${id}-list` : undefined}
          aria-activedescendant={isShown && choice >= 0 ? `${id}-${choice}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={text("search.placeholder")}
          value={value}
          onChange={(event) => {
            setOpen(true);
            setChoice(-1);
            onChange(event.target.value);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {value === "" ? (
          <span className="search-key" aria-hidden="true">
            {shownKey("Ctrl+K")}
          </span>
        ) : (
          <button
            type="button"
            className="search-clear"
            onClick={onClear}
            aria-label={text("search.clear")}
            title={text("search.clear")}
          >
            <XMarkIcon aria-hidden fontSize="1.25rem" />
          </button>
        )}
      </div>
      {isShown ? (
        <div
          className="search-popup"
          role="listbox"
          id={`${id}-list`}
          aria-label={text("search.popup.label")}
        >
          {suggestions.map((suggestion, index) => {
            const isFirst = suggestions[index - 1]?.section !== suggestion.section;
            return (
              <div key={suggestion.id} role="presentation">
                {isFirst ? (
                  <div className="search-section" aria-hidden="true">
                    {text(`search.popup.${suggestion.section}`)}
                  </div>
                ) : null}
                {/* The keys are those of the field, which keeps the focus. */}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
                <div
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === choice}
                  className="search-option"
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={suggestion.onPick}
                >
                  {suggestion.icon}
                  <span className="search-option-text">{suggestion.text}</span>
                  <span className="search-option-note">{suggestion.note}</span>
                </div>
              </div>
            );
          })}
        </div>
      ) : null}
    </search>
  );
}
