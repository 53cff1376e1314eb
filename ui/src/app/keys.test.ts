import { expect, test } from "vitest";
import { actOf, KEY_TABLE, keyName, MEETING, TAKEN } from "./keys.ts";

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...more });

test("no key means two things where two places can meet", () => {
  for (const places of MEETING) {
    const keys = KEY_TABLE.filter((line) => places.includes(line.place)).flatMap((line) => line.keys);
    const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
    expect(twice, `keys used twice within ${places.join(", ")}`).toEqual([]);
  }
});

test("no key of the system or the engine is taken", () => {
  const keys = KEY_TABLE.flatMap((line) => line.keys);
  expect(
    keys.filter((key) => TAKEN.includes(key)),
    "these belong to the system",
  ).toEqual([]);
});

test("a pressed key is written as in the table", () => {
  expect(keyName(press("k", { ctrlKey: true }))).toBe("Ctrl+K");
  expect(keyName(press("A", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+A");
  expect(keyName(press("?", { shiftKey: true })), "a sign is its own key").toBe("?");
  expect(keyName(press("/", { code: "Digit7", shiftKey: true })), "a Norwegian slash is shift and 7").toBe(
    "/",
  );
  expect(keyName(press(" "))).toBe("Space");
  expect(keyName(press("&", { ctrlKey: true, shiftKey: true, code: "Digit7" }))).toBe("Ctrl+Shift+7");
});

test("single keys can be turned off, the others stay", () => {
  expect(actOf(press("e"), ["reading"], true)?.act).toBe("archive");
  expect(actOf(press("e"), ["reading"], false)).toBeNull();
  expect(actOf(press("F1"), ["anywhere"], false)?.act).toBe("help");
});

test("a single key typed in a field goes to the field", () => {
  const field = document.createElement("input");
  document.body.append(field);
  let act: unknown = "none";
  field.addEventListener("keydown", (event) => {
    act = actOf(event, ["reading", "anywhere"], true);
  });
  field.dispatchEvent(press("e"));
  field.remove();
  expect(act).toBeNull();
});
