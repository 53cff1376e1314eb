import { start } from "./app/start.ts";
import { tauriHost } from "./ipc/tauri.ts";
import "./styles/index.css";

start(tauriHost());
