import type { Backend, Change, Place } from "./bindings.ts";

/** A window-wide file drag, as the shell sees it. Positions are CSS pixels. */
export type Drop =
  | { kind: "over"; x: number; y: number }
  | { kind: "dropped"; paths: string[]; x: number; y: number }
  | { kind: "left" };

/** Takes a listener back. */
export type Unlisten = () => void;

/** Everything the window knows of the world: the commands, and what happens by itself. */
export interface Host extends Backend {
  /** After each commit: what the commit spoiled. */
  onChanges(listener: (changes: Change[]) => void): Unlisten;
  /** The clock, milliseconds since 1970 UTC. */
  now(): number;
  /** Files dragged over the window. */
  onDrop(listener: (drop: Drop) => void): Unlisten;
}

export type { Backend, Change, Place };
