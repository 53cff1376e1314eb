import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The window loads from the shell's own scheme: relative addresses, nothing inlined (the content
// policy allows fonts and scripts from ourselves only), and the oldest engine we ship on.
export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { port: 5173, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome120", "safari17"],
    sourcemap: false,
  },
});
