import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { actOf } from "../../app/keys.ts";
import type { Selection } from "../../app/routes.ts";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Density, Group, ListQuery, Row } from "../../ipc/bindings.ts";
import { firstPaint } from "./firstPaint.ts";
import { HEAD_HEIGHT, itemAt, placeOf, placesOf, placesToRender, ROW_HEIGHT, textScale } from "./layout.ts";
import { RowView } from "./RowView.tsx";
import { useRows } from "./useRows.ts";
import "./list.css";

/** What others may ask of a list. */
export interface ListHandle {
  /** Puts the focus on the selected row, or the first. */
  focus(): void;
  /** The row that comes after (or before) the selected one. */
  neighbour(step: 1 | -1): Row | undefined;
  /** Goes one row on, and selects it. */
  move(step: 1 | -1): void;
}

export interface MessageListProps {
  label: string;
  query: ListQuery;
  groups: readonly Group[];
  total: number;
  /** The rows answer this query; else those of the one before stand until they do. */
  isFinal: boolean;
  /** The keyboard is on its way here. */
  wantsFocus: RefObject<boolean>;
  density: Density;
  singleKeys: boolean;
  now: number;
  selected: Selection | null;
  /** Where the list was left, CSS pixels. */
  startAt: number;
  onLeave(scrollTop: number): void;
  onSelect(row: Row): void;
  onOpen(row: Row): void;
  onMenu(row: Row, x: number, y: number): void;
  ref?: Ref<ListHandle>;
}

/** Rows rendered beyond those in sight, on either side. */
const OVERSCAN = { first: 1, usual: 6 } as const;
/** Pixels of the window that a list never has: the bars above it. */
const ABOVE = 150;

/** The list of letters: rows of fixed height, only those in sight rendered, real focus on one of them. */
export function MessageList(props: MessageListProps) {
  const { label, query, groups, total, density, singleKeys, now, selected, onSelect, onOpen, onMenu } = props;
  const { isFinal, wantsFocus } = props;
  const text = useText();
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const [scale] = useState(textScale);
  const [active, setActive] = useState(0);
  const wantsSelect = useRef<number | null>(null);
  const current = Math.min(active, Math.max(0, total - 1));
  const rowHeight = Math.round(ROW_HEIGHT[density] * scale);
  const headHeight = Math.round(HEAD_HEIGHT * scale);
  const places = placesOf(groups);

  // Rows out of sight cost the first picture as much as those in it.
  const [overscan, setOverscan] = useState<number>(OVERSCAN.first);
  useEffect(() => {
    void firstPaint.then(() => setOverscan(OVERSCAN.usual));
  }, []);
  const virtual = useVirtualizer({
    count: places,
    getScrollElement: () => box.current,
    estimateSize: (place) => (itemAt(groups, place)?.kind === "head" ? headHeight : rowHeight),
    initialRect: { width: 400, height: Math.max(rowHeight, window.innerHeight - ABOVE) },
    initialOffset: props.startAt,
    overscan,
    rangeExtractor: (range) => placesToRender(range, total > 0 ? placeOf(groups, current) : null),
  });
  // Heights are index arithmetic, never measured: tell the virtualiser when the arithmetic changes.
  const shape = `${rowHeight} ${groups.map((group) => group.count).join()}`;
  const measured = useRef(shape);
  // On purpose: `shape` is all that sizes depend on
  useLayoutEffect(() => {
    if (measured.current !== shape) {
      measured.current = shape;
      virtual.measure();
    }
  }, [shape]);

  const items = virtual.getVirtualItems();
  const inSight = items.flatMap((item) => {
    const found = itemAt(groups, item.index);
    return found?.kind === "row" && item.index >= (virtual.range?.startIndex ?? 0) - OVERSCAN.usual
      ? [found.row]
      : [];
  });
  const rowAt = useRows(query, total, inSight[0] ?? 0, inSight.at(-1) ?? Math.min(total - 1, 20));

  // New letters shift the rows: the selected letter keeps the place of the keyboard.
  const selectedId = selected?.id ?? null;
  const selectedRow = selectedId === null ? -1 : inSight.find((row) => rowAt(row)?.id === selectedId);
  useEffect(() => {
    if (selectedRow !== undefined && selectedRow >= 0) {
      setActive(selectedRow);
    }
  }, [selectedRow]);

  // … and its place on the screen: what comes or goes above it scrolls by as much.
  const anchor = useRef<{ id: string; row: number; query: ListQuery } | null>(null);
  useLayoutEffect(() => {
    if (selectedId === null || selectedRow === undefined || selectedRow < 0) {
      return;
    }
    const before = anchor.current;
    anchor.current = { id: selectedId, row: selectedRow, query };
    const element = box.current;
    if (element && element.scrollTop > 0 && before?.id === selectedId && before.query === query) {
      element.scrollTop += (selectedRow - before.row) * rowHeight;
    }
  }, [query, rowHeight, selectedId, selectedRow]);

  const { onLeave } = props;
  useEffect(() => {
    const element = box.current;
    return () => onLeave(element?.scrollTop ?? 0);
  }, [onLeave]);

  const goTo = useCallback(
    (wanted: number, focus = true) => {
      if (total === 0) {
        return;
      }
      const next = Math.min(total - 1, Math.max(0, wanted));
      setActive(next);
      virtual.scrollToIndex(next === 0 ? 0 : placeOf(groups, next), { align: "auto" });
      wantsFocus.current = focus;
      const row = rowAt(next);
      wantsSelect.current = row ? null : next;
      if (row) {
        onSelect(row);
      }
    },
    [groups, onSelect, rowAt, total, virtual],
  );

  // Focus and selection wait for the row to be there.
  useLayoutEffect(() => {
    if (wantsFocus.current) {
      const element = box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`);
      if (element) {
        // A row that is still empty is exchanged when it comes: the focus is wanted until then.
        wantsFocus.current = !isFinal || rowAt(current) === undefined;
        element.focus({ preventScroll: true });
      }
    }
    const waiting = wantsSelect.current;
    const row = waiting === null ? undefined : rowAt(waiting);
    if (row) {
      wantsSelect.current = null;
      onSelect(row);
    }
  });

  useImperativeHandle(
    props.ref,
    () => ({
      focus() {
        wantsFocus.current = true;
        const element = box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`);
        element?.focus();
        if (element) {
          wantsFocus.current = false;
        }
      },
      neighbour: (step) => rowAt(current + step),
      move: (step) => goTo(current + step, false),
    }),
    [current, goTo, rowAt],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const line = actOf(event.nativeEvent, ["list"], singleKeys);
    const screen = Math.max(1, Math.floor((box.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const moves: Partial<Record<string, number>> = {
      rowDown: current + 1,
      rowUp: current - 1,
      screenDown: current + screen,
      screenUp: current - screen,
      firstRow: 0,
      lastRow: total - 1,
    };
    const row = rowAt(current);
    const to = line ? moves[line.act] : undefined;
    if (to !== undefined) {
      event.preventDefault();
      goTo(to);
    } else if (line?.act === "open" && row) {
      event.preventDefault();
      onOpen(row);
    } else if (line?.act === "rowMenu" && row) {
      event.preventDefault();
      const place = box.current?.querySelector(`[data-row="${current}"]`)?.getBoundingClientRect();
      onMenu(row, (place?.left ?? 0) + 24, (place?.top ?? 0) + rowHeight / 2);
    }
  };

  const onContextMenu = (event: MouseEvent, index: number, row: Row) => {
    event.preventDefault();
    setActive(index);
    onSelect(row);
    onMenu(row, event.clientX, event.clientY);
  };

  return (
    <div className="list-box">
      <div
        ref={box}
        role="listbox"
        aria-label={label}
        tabIndex={-1}
        data-density={density}
        className="list"
        // The size comes from here, never from the stylesheet, which may apply after the script has run.
        style={{ position: "absolute", inset: 0, overflowY: "auto", overflowX: "hidden" }}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ position: "relative", height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const found = itemAt(groups, item.index);
            const style = {
              position: "absolute" as const,
              top: 0,
              left: 0,
              right: 0,
              height: item.size,
              transform: `translateY(${item.start}px)`,
            };
            if (found?.kind === "head") {
              return (
                <div key={found.key} className="list-head" style={style} aria-hidden="true">
                  {found.group.kind.kind === "month"
                    ? format.month(found.group.kind.year, found.group.kind.month)
                    : text(`list.group.${found.group.kind.kind}`)}
                </div>
              );
            }
            if (!found) {
              return null;
            }
            const row = rowAt(found.row);
            const isSelected = row !== undefined && row.id === selectedId;
            return (
              // The keys of a row are those of the list around it.
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <div
                key={row?.id ?? `row-${found.row}`}
                role="option"
                className="row"
                style={style}
                data-row={found.row}
                data-unread={row?.isUnread || undefined}
                aria-selected={isSelected}
                aria-setsize={total}
                aria-posinset={found.row + 1}
                tabIndex={found.row === current ? 0 : -1}
                onClick={() => {
                  if (row) {
                    goTo(found.row);
                  }
                }}
                onDoubleClick={() => {
                  if (row) {
                    onOpen(row);
                  }
                }}
                onContextMenu={(event) => {
                  if (row) {
                    onContextMenu(event, found.row, row);
                  }
                }}
              >
                {row ? <RowView row={row} now={now} density={density} /> : <span className="row-waiting" />}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
