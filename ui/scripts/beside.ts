// Names in the page what its small first script fetches next, so that the program comes while its questions are answered.
import type { Plugin } from "vite";

/** Has the part that begins in `module` fetched beside the first script, with all that it needs. */
export function beside(module: string): Plugin {
  return {
    name: "beside",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const part = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module));
        if (!part) {
          throw new Error(`no part of the window begins in ${module}`);
        }
        const link = (rel: string, file: string) => ({
          tag: "link",
          attrs: { rel, crossorigin: true, href: `./${file}` },
          injectTo: "head" as const,
        });
        const scripts = [part.fileName, ...part.imports].filter((file) => !html.includes(file));
        return [
          ...scripts.map((file) => link("modulepreload", file)),
          ...[...(part.viteMetadata?.importedCss ?? [])].map((file) => link("stylesheet", file)),
        ];
      },
    },
  };
}
