// The words of stdin (a JSON list) that the British dictionary does not know, as a JSON list on stdout.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { decodeTrie } from "cspell-trie-lib";

const dictionary = new URL("../../node_modules/@cspell/dict-en-gb/en_GB.trie.gz", import.meta.url);
const trie = decodeTrie(gunzipSync(readFileSync(fileURLToPath(dictionary))));
/** @type {string[]} */ const words = JSON.parse(readFileSync(0, "utf-8"));
const known = (/** @type {string} */ word) => trie.hasWord(word, true) || trie.hasWord(word.toLowerCase(), true);
process.stdout.write(JSON.stringify(words.filter((word) => !known(word))));
