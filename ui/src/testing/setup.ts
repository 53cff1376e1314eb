import { afterEach, beforeEach } from "vitest";
import { cleanup } from "vitest-browser-react";
import { changeLanguage } from "../i18n/index.ts";
import "../styles/index.css";

beforeEach(async () => {
  window.history.replaceState(null, "", "#folder/inbox");
  window.localStorage.clear();
  window.sessionStorage.clear();
  document.documentElement.dataset.colorScheme = "light";
  document.documentElement.dataset.color = "company";
  document.documentElement.dataset.size = "sm";
  await changeLanguage("nb");
});

afterEach(async () => {
  await cleanup();
});
