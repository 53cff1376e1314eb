import "./avatar.css";

/** Tint by name: the same name has the same tint everywhere. */
function tint(name: string): number {
  let sum = 0;
  for (const letter of name) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  }
  return sum % 6;
}

/** First letter of a name on a tint: a square for organisations, round for people. Decoration only. */
export function Avatar({ name, isPerson, size }: { name: string; isPerson: boolean; size: "row" | "head" }) {
  return (
    <span
      className="avatar"
      data-tint={tint(name)}
      data-large={size === "head" || undefined}
      data-round={isPerson || undefined}
      aria-hidden="true"
    >
      {name.trim().charAt(0).toUpperCase() || "?"}
    </span>
  );
}
