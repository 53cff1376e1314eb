import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { changeLanguage } from "../i18n/index.ts";
import type { Host } from "../ipc/backend.ts";
import { HostProvider, keepTrue, newQueryClient } from "../ipc/queries.ts";
import "../styles/index.css";
import { App } from "./App.tsx";
import { askAhead } from "./ahead.ts";

/**
 * The language to begin in, before the settings of the profile are known: one of the two Norwegian ones. The system's
 * language tells which; English is chosen in the settings, since many Norwegians run an English system.
 */
function firstLanguage(): "nb" | "nn" {
  return navigator.language.toLowerCase().startsWith("nn") ? "nn" : "nb";
}

/** Milliseconds that nothing is drawn while the mailbox opens; a picture of waiting comes after. */
const PATIENCE = 200;

/**
 * The face that nearly all of the window is written in. Text drawn before it is there has the system search its own
 * faces for each size and weight, which takes longer than everything else about the first picture.
 */
const FACE = '1rem "Inter Variable"';

/** Mounts the window over a host. */
export function start(host: Host): void {
  const root = document.getElementById("root");
  if (!root) {
    throw new Error("the page has no #root to mount in");
  }
  const client = newQueryClient();
  // Before the first question, so that no change falls between an answer and its picture.
  keepTrue(client, host);
  const patience = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null));
  const opening = Promise.race([askAhead(client, host), patience]);
  // A face that cannot be had is no reason to draw nothing.
  const face = document.fonts.load(FACE).catch(() => []);
  void Promise.all([opening, changeLanguage(firstLanguage()), face]).then(([first]) => {
    createRoot(root).render(
      <StrictMode>
        <HostProvider value={host}>
          <QueryClientProvider client={client}>
            <App first={first} />
          </QueryClientProvider>
        </HostProvider>
      </StrictMode>,
    );
  });
}
