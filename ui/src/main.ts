// What the first picture waits for is asked for while the rest of the program is read.
import { begin } from "./app/ahead.ts";
import { tauriHost } from "./ipc/tauri.ts";
import "./styles/index.css";

const begun = begin(tauriHost());
void import("./app/mount.tsx").then(({ mount }) => mount(begun));
