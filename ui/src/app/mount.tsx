import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { changeLanguage } from "../i18n/index.ts";
import { HostProvider } from "../ipc/queries.ts";
import { App } from "./App.tsx";
import { type Begun, firstLanguage } from "./ahead.ts";

/** Mounts the window once its first picture can be drawn. */
export function mount({ host, client, first }: Begun): void {
  const root = document.getElementById("root");
  if (!root) {
    throw new Error("the page has no #root to mount in");
  }
  void Promise.all([first, changeLanguage(firstLanguage())]).then(([state]) => {
    createRoot(root).render(
      <StrictMode>
        <HostProvider value={host}>
          <QueryClientProvider client={client}>
            <App first={state} />
          </QueryClientProvider>
        </HostProvider>
      </StrictMode>,
    );
  });
}
