import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";

/** Speaks to a screen reader: `polite` waits for a pause, `assertive` does not. */
export type Announce = (text: string, how?: "polite" | "assertive") => void;

const AnnounceContext = createContext<Announce>(() => {});

/** Speaks a text; the same text at most once in five seconds. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

/** Holds the two live regions, present from the start. */
export function Announcer({ children }: { children: ReactNode }) {
  const [polite, setPolite] = useState("");
  const [assertive, setAssertive] = useState("");
  const last = useRef(new Map<string, number>());
  const announce = useCallback<Announce>((text, how = "polite") => {
    const at = performance.now();
    const before = last.current.get(text);
    if (before !== undefined && at - before < 5000) {
      return;
    }
    last.current.set(text, at);
    (how === "polite" ? setPolite : setAssertive)(text);
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite" data-testid="polite">
        {polite}
      </div>
      <div className="visually-hidden" aria-live="assertive" data-testid="assertive">
        {assertive}
      </div>
    </AnnounceContext>
  );
}
