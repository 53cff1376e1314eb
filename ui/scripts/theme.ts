// Keeps what the theme generator made: the stylesheet and the colour names, nothing else.
import { copyFileSync } from "node:fs";

for (const name of ["brevdue.css", "types.d.ts"]) {
  copyFileSync(`theme/build/${name}`, `theme/${name}`);
}
