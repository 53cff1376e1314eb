import { useCallback, useMemo, useRef, useState } from "react";
import { useText } from "../../i18n/index.ts";
import type { Field, Problem } from "../../ipc/bindings.ts";
import { type Issue, isSaidOnLeaving, issuesOf } from "./problems.ts";

/** Which broken rules are said, and when: on leaving a field its own, when asked to send all of them. */
export interface Issues {
  /** What is said now. */
  readonly shown: readonly Issue[];
  /** Whether the user has asked to send: then the summary is shown too. */
  readonly isAsked: boolean;
  /** A field was left: checks again and says what is wrong with it. */
  leave(field: Field): Promise<void>;
  /** The user asks to send. Answers every broken rule. */
  ask(): Promise<readonly Problem[]>;
  /** Altinn or the send itself refused. */
  refuse(problems: readonly Problem[]): void;
}

/** `check` saves the draft and answers the broken rules; `initial` is why it came back from the outbox. */
export function useIssues(check: () => Promise<readonly Problem[]>, initial: readonly Problem[]): Issues {
  const t = useText();
  const [problems, setProblems] = useState(initial);
  const [isAsked, setIsAsked] = useState(initial.length > 0);
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set());
  // A refusal by Altinn is not found by checking here; it stays until its field has been left.
  const [refused, setRefused] = useState(initial);
  const round = useRef(0);

  const look = useCallback(async (): Promise<readonly Problem[]> => {
    round.current += 1;
    const mine = round.current;
    const found = await check();
    // An older answer never replaces a newer one.
    if (mine === round.current) {
      setProblems(found);
    }
    return found;
  }, [check]);

  const shown = useMemo(() => {
    const said = isAsked
      ? problems
      : problems.filter((problem) => left.has(problem.field) && isSaidOnLeaving(problem));
    const issues = issuesOf([...refused, ...said], t);
    return issues.filter((issue, at) => issues.findIndex((each) => each.key === issue.key) === at);
  }, [problems, refused, isAsked, left, t]);

  return {
    shown,
    isAsked,
    async leave(field) {
      setLeft((before) => (before.has(field) ? before : new Set([...before, field])));
      const found = await look();
      setRefused((before) => before.filter((problem) => problem.field !== field));
      if (found.length === 0) {
        setIsAsked(false);
      }
    },
    async ask() {
      const found = await look();
      setRefused([]);
      setIsAsked(found.length > 0);
      return found;
    },
    refuse(found) {
      round.current += 1;
      setProblems(found);
      setRefused(found);
      setIsAsked(true);
    },
  };
}
