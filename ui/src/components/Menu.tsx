import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useText } from "../i18n/index.ts";
import "./menu.css";

/** One act of a menu. */
export interface MenuAct {
  id: string;
  text: string;
  icon?: ReactNode;
  /** Shown at the right; the key does the same. */
  keys?: string;
  onAct(): void;
}

/** A menu at a point of the window: one tab stop, arrows inside, Esc closes and gives focus back. */
export function Menu({
  label,
  acts,
  x,
  y,
  onClose,
}: {
  label: string;
  acts: readonly MenuAct[];
  x: number;
  y: number;
  onClose(): void;
}) {
  const text = useText();
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);

  useEffect(() => {
    before.current = document.activeElement;
    const element = menu.current;
    if (!element) {
      return;
    }
    const box = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(x, window.innerWidth - box.width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(y, window.innerHeight - box.height - 4))}px`;
    element.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [x, y]);

  const close = () => {
    onClose();
    if (before.current instanceof HTMLElement && before.current.isConnected) {
      before.current.focus();
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const items = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const { activeElement } = document;
    const at = activeElement instanceof HTMLElement ? items.indexOf(activeElement) : -1;
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items[next]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    }
  };

  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        className="menu-shade"
        aria-label={text("app.act.close")}
        onClick={close}
      />
      <div className="menu" role="menu" tabIndex={-1} aria-label={label} ref={menu} onKeyDown={onKeyDown}>
        {acts.map((act) => (
          <button
            key={act.id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="menu-item"
            onClick={() => {
              close();
              act.onAct();
            }}
          >
            {act.icon}
            <span>{act.text}</span>
            {act.keys ? (
              <span className="menu-key" aria-hidden="true">
                {act.keys}
              </span>
            ) : null}
          </button>
        ))}
      </div>
    </>
  );
}
