import { start } from "./app/mount.tsx";
import { tauriHost } from "./ipc/tauri.ts";

start(tauriHost());
