import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Host } from "../ipc/backend.ts";
import type { StartState } from "../ipc/bindings.ts";
import { HostProvider } from "../ipc/queries.ts";
import { App } from "./App.tsx";

/** Draws the window. `first` is how far opening the profile got, if it is known. */
export function mount(root: HTMLElement, host: Host, client: QueryClient, first: StartState | null): void {
  createRoot(root).render(
    <StrictMode>
      <HostProvider value={host}>
        <QueryClientProvider client={client}>
          <App first={first} />
        </QueryClientProvider>
      </HostProvider>
    </StrictMode>,
  );
}
