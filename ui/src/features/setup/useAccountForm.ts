import { useCallback, useEffect, useRef, useState } from "react";
import { useRemembered } from "../../app/remembered.ts";
import type {
  AccountDraft,
  AccountEntry,
  AccountField,
  AccountProblem,
  UiError,
} from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { draftOf, EMPTY, type Form, formOf, memory, recalled } from "./form.ts";

/** Milliseconds of rest before the form is looked at. */
const REST = 150;

/** A form that remembers itself, and says of each field what is wrong once somebody has been there. */
export interface AccountForm {
  form: Form;
  /** All that is wrong now. */
  problems: readonly AccountProblem[];
  /** What is to be shown. */
  shown: readonly AccountProblem[];
  error: UiError | null;
  isBusy: boolean;
  /** How often it was asked to be kept in vain; a summary takes the focus each time. */
  refusals: number;
  set(change: Partial<Form>): void;
  /** Somebody leaves a field. */
  leave(field: AccountField, isFilled: boolean): void;
  keep(): void;
}

/** The form of a new account, or of one that is kept. */
export function useAccountForm(entry: AccountEntry | null, onKept: (account: string) => void): AccountForm {
  const host = useHost();
  const id = entry?.id ?? null;
  const [, remember] = useRemembered(memory(id), "null");
  const [form, setForm] = useState(() => recalled(id, entry ? formOf(entry) : EMPTY));
  const [problems, setProblems] = useState<readonly AccountProblem[]>([]);
  const [left, setLeft] = useState<ReadonlySet<AccountField>>(new Set());
  const [refusals, setRefusals] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const draft = useCallback(
    (now: Form): AccountDraft => {
      const { readResources, writeResources } = entry?.draft ?? { readResources: [], writeResources: [] };
      return draftOf(now, { readResources, writeResources });
    },
    [entry],
  );
  const latest = useRef(form);
  latest.current = form;

  /** Looks at the form as it is now; an answer about an older one says nothing. */
  const check = useCallback(async () => {
    const asked = latest.current;
    const found = await host.checkAccount(id, draft(asked));
    if (latest.current === asked) {
      setProblems(found);
    }
  }, [host, id, draft]);
  // On purpose: each change of the form starts the rest anew.
  useEffect(() => {
    const timer = window.setTimeout(() => void check().catch(() => undefined), REST);
    return () => window.clearTimeout(timer);
  }, [check, form]);

  const set = (change: Partial<Form>) => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    setForm(next);
    remember(JSON.stringify(next));
  };
  const keep = () => {
    setBusy(true);
    setError(null);
    const wanted = draft(latest.current);
    const outcome = id === null ? host.addAccount(wanted) : host.changeAccount(id, wanted);
    outcome
      .then(
        (came) => {
          if (came.kind === "kept") {
            remember("null");
            onKept(came.account);
          } else {
            setProblems(came.problems);
            setRefusals((before) => before + 1);
          }
        },
        (cause: unknown) => setError(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };

  return {
    form,
    problems,
    shown: problems.filter((problem) => refusals > 0 || left.has(problem.field)),
    error,
    isBusy,
    refusals,
    set,
    leave: (field, isFilled) => {
      if (isFilled) {
        // Looked at first: what was wrong a moment ago must not flash up.
        void check().then(
          () => setLeft((before) => new Set(before).add(field)),
          () => undefined,
        );
      }
    },
    keep,
  };
}
