import type { Language } from "../ipc/bindings.ts";
import type { Message } from "./say.ts";

/** A language file as the build hands it out: texts with values in them are messages already read. */
export type Texts = Readonly<Record<string, string | Message>>;

/** The files, each fetched once however often it is asked for. */
export const files: Record<Language, () => Promise<{ default: Texts }>> = {
  nb: () => import("./nb.json"),
  nn: () => import("./nn.json"),
  en: () => import("./en.json"),
};
