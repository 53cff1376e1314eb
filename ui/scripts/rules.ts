// House rules of the window that the linter cannot keep: who talks to the host, no markup from outside, no colour
// outside the theme, no unchecked `as`.
import { globSync, readFileSync } from "node:fs";

interface Rule {
  files: string;
  except: RegExp;
  found: RegExp;
  why: string;
}

const RULES: Rule[] = [
  {
    files: "src/**/*.{ts,tsx}",
    except: /^src\/ipc\//,
    found: /["']@tauri-apps\//,
    why: "only src/ipc talks to the host",
  },
  {
    files: "src/**/*.{ts,tsx}",
    except: /\.test\.tsx?$/,
    found: /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write)\b/,
    why: "no markup crosses from the outside",
  },
  {
    files: "src/**/*.{ts,tsx}",
    except: /^src\/(ipc\/|testing\/)|\.test\.tsx?$/,
    found:
      /^(?!\s*(type )?\w+ as \w+,?$)(?!import ).*\bas (?!const\b)([A-Z{[(]|unknown\b|string\b|number\b|boolean\b|never\b|keyof\b|typeof\b)/,
    why: "no unchecked `as` outside src/ipc",
  },
  {
    files: "src/**/*.{ts,tsx}",
    except: /^src\/(testing\/|i18n\/check)|\.test\.tsx?$/,
    found: /type=["']date["']|requestIdleCallback|\bTemporal\.|window\.navigation\b/,
    why: "one of the engines lacks it",
  },
  {
    files: "src/**/*.css",
    except: /^src\/components\/avatar\.css$/,
    found: /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i,
    why: "colours come from the theme",
  },
  {
    files: "src/**/*.css",
    except: /^src\/styles\/index\.css$/,
    found: /^(?!@layer app\b|\s|\}|\/\*|$)/,
    why: "our styles live in @layer app",
  },
];

const faults = RULES.flatMap(({ files, except, found, why }) =>
  globSync(files)
    .filter((file) => !except.test(file.replaceAll("\\", "/")))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) =>
          found.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line)
            ? [`${file}:${index + 1}: ${why}: ${line.trim()}`]
            : [],
        ),
    ),
);
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${RULES.length} house rules hold`);
