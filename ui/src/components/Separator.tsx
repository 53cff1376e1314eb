import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import "./separator.css";

/** A divider between two panes: drag, arrows by 16 px, Home and End, double click for the usual width. */
export interface SeparatorProps {
  label: string;
  /** Width of the pane before it, CSS pixels. */
  width: number;
  least: number;
  most: number;
  usual: number;
  onWidth(width: number): void;
}

const STEP = 16;

export function Separator({ label, width, least, most, usual, onWidth }: SeparatorProps) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const set = (wanted: number) => onWidth(Math.round(Math.min(most, Math.max(least, wanted))));

  const onKeyDown = (event: KeyboardEvent) => {
    const wanted: Record<string, number> = {
      ArrowLeft: width - STEP,
      ArrowRight: width + STEP,
      Home: least,
      End: most,
    };
    const next = wanted[event.key];
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      set(next);
    }
  };
  const onPointerDown = (event: PointerEvent) => {
    start.current = { x: event.clientX, width };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (start.current) {
      set(start.current.width + event.clientX - start.current.x);
    }
  };
  const stop = () => {
    start.current = null;
  };

  return (
    // An <hr> cannot take focus and a value; the role with tabindex is what a window splitter is.
    <div
      className="separator"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={stop}
      onPointerCancel={stop}
      onDoubleClick={() => set(usual)}
    />
  );
}
