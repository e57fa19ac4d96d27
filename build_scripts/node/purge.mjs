// Cuts style sheets to the selectors whose every word is in use: JSON {css: [text], words: [word]} in, [text] out.
import { PurgeCSS } from "purgecss";

let text = "";
for await (const part of process.stdin.setEncoding("utf-8")) text += part;
/** @type {{css: string[], words: string[]}} */
const { css, words } = JSON.parse(text);
const cut = await new PurgeCSS().purge({
  css: css.map((raw) => ({ raw })),
  content: [{ raw: words.join("\n"), extension: "words" }],
  extractors: [{ extractor: (content) => content.split("\n"), extensions: ["words"] }],
});
process.stdout.write(JSON.stringify(cut.map((sheet) => sheet.css)));
