import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/index.ts";
import { KEY_TABLE, type KeyAct, shownKey } from "./keys.ts";

const KNOW: readonly KeyAct[] = ["rowDown", "open", "search", "newMessage"];

/** The quiet panel when nothing is selected: how many there are, and four keys. */
export function NothingSelected({ title, total }: { title: string; total: number | undefined }) {
  const text = useText();
  const format = useFormat();
  return (
    <div className="nothing">
      <p className="empty-title">{text("message.none.title")}</p>
      {total === undefined ? null : (
        <p>
          {title}: {text("list.count", { shown: format.number(total), count: total })}
        </p>
      )}
      <p className="nothing-head">{text("message.none.keys")}</p>
      <dl>
        {KEY_TABLE.filter((line) => KNOW.includes(line.act)).map((line) => (
          <div key={line.act}>
            <dt>
              <span className="search-key">{shownKey(line.keys[0] ?? "")}</span>
            </dt>
            <dd>{text(line.text)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
