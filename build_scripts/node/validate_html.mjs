// Compares the pages named on stdin (a JSON list of paths) with the HTML standard: a JSON list of problems on stdout.

import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

/** @type {import("html-validate").ConfigData} */
const CONFIG = {
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // All files come from the site itself; a hash guards what comes from elsewhere.
    "require-sri": "off",
    // A table that a style sheet lays out anew for a phone keeps its meaning by its roles.
    "no-redundant-role": "off",
    // A box that scrolls sideways is a named region; <section> would say the same.
    "prefer-native-element": ["error", { exclude: ["region"] }],
  },
};
const strict = new HtmlValidate(new StaticConfigLoader(CONFIG));
// Without scripts a message stands before the page's own heading.
const withoutScripts = new HtmlValidate(
  new StaticConfigLoader({ ...CONFIG, rules: { ...CONFIG.rules, "heading-level": "off" } }),
);

/** @type {string[]} */ const paths = JSON.parse(readFileSync(0, "utf-8"));
const problems = [];
for (const path of paths) {
  const html = readFileSync(path, "utf-8");
  const scripted = html.replace(/<noscript>.*?<\/noscript>/gs, (text) => text.replace(/[^\n]/g, ""));
  const reports = [await strict.validateString(scripted, path)];
  if (scripted !== html) reports.push(await withoutScripts.validateString(html, path));
  const messages = reports.flatMap((report) => report.results.flatMap((result) => result.messages));
  problems.push(...messages.map(({ line, ruleId, message }) => ({ path, line, rule: ruleId, message })));
}
process.stdout.write(JSON.stringify(problems));
