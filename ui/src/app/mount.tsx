import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTexts } from "../i18n/index.ts";
import type { Host } from "../ipc/backend.ts";
import { askAhead, HostProvider, newQueryClient } from "../ipc/queries.ts";
import "../styles/index.css";
import { App } from "./App.tsx";

/**
 * The language to begin in, before the settings of the profile are known: one of the two Norwegian ones. The system's
 * language tells which; English is chosen in the settings, since many Norwegians run an English system.
 */
function firstLanguage(): "nb" | "nn" {
  return navigator.language.toLowerCase().startsWith("nn") ? "nn" : "nb";
}

/** Mounts the window over a host. */
export function start(host: Host): void {
  const root = document.getElementById("root");
  if (!root) {
    throw new Error("the page has no #root to mount in");
  }
  const client = newQueryClient();
  askAhead(client, host);
  void startTexts(firstLanguage()).then(() => {
    createRoot(root).render(
      <StrictMode>
        <HostProvider value={host}>
          <QueryClientProvider client={client}>
            <App />
          </QueryClientProvider>
        </HostProvider>
      </StrictMode>,
    );
  });
}
