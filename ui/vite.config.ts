import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { beside } from "./scripts/beside.ts";
import { texts } from "./scripts/texts.ts";

// The window loads from the shell's own scheme: relative addresses, nothing inlined (the content
// policy allows fonts and scripts from ourselves only), and the oldest engine we ship on.
export default defineConfig({
  base: "./",
  plugins: [texts(), react(), beside("/src/app/mount.tsx")],
  server: { port: 5173, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome120", "safari17"],
    sourcemap: false,
    rollupOptions: {
      treeshake: {
        // The design system does not say that its components do nothing by being imported; with all of them the window
        // would begin by reading three times as much.
        moduleSideEffects: (id) => !id.includes("/designsystemet-react/"),
      },
    },
  },
});
