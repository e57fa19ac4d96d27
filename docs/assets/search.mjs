// The search: Pagefind's index, asked when somebody searches and not before. What people call a listed technology, or
// another page, leads there first. Words of the page come from its HTML.

/** @typedef {{url: string, title: string, excerpt: string}} Result an address, a title, and HTML with <mark> only */
/** @typedef {{page: string, title: string, summary: string, words: string[], within: boolean}} Named */

const FOLDER = new URL("search/", import.meta.url);
const ROOT = new URL("../", import.meta.url);
const MOST = 12;
// The words that lead to a page count as much as its title; they stand in no excerpt.
const RANKING = { metaWeights: { title: 5, words: 6 } };

/** @type {Promise<any> | undefined} */ let engine;
/** @type {Promise<Named[]> | undefined} */ let named;

/**
 * The pages for what was typed, best first.
 *
 * @param {string} query
 * @param {string} language
 * @returns {Promise<Result[]>}
 */
export async function find(query, language) {
  const [first, pages] = await Promise.all([findNamed(query, language), findPages(query)]);
  const found = new Map(first.map((result) => [result.url, result]));
  for (const page of pages) {
    const earlier = found.get(page.url);
    found.set(page.url, earlier ? { ...page, title: earlier.title } : page);
  }
  return [...found.values()].slice(0, MOST);
}

/**
 * The pages that Pagefind finds.
 *
 * @param {string} query
 * @returns {Promise<Result[]>}
 */
export async function findPages(query) {
  engine ??= import(new URL("pagefind.js", FOLDER).href).then(async (pagefind) => {
    await pagefind.options({ basePath: FOLDER.pathname, baseUrl: ROOT.pathname, excerptLength: 24, ranking: RANKING });
    return pagefind;
  });
  const { results } = await (await engine).search(query.normalize("NFKC"));
  const shown = await Promise.all(results.slice(0, MOST).map((/** @type {any} */ result) => result.data()));
  return shown
    .filter((page) => isMeant(query, page.excerpt))
    .map((page) => ({ url: new URL(page.url, ROOT).href, title: page.meta.title ?? page.url, excerpt: page.excerpt }));
}

/**
 * Whether a page was found for what was typed: Pagefind shortens a word that is nowhere until something begins like it.
 *
 * @param {string} query
 * @param {string} excerpt HTML with the words found marked; without marks the name of the page was found
 */
function isMeant(query, excerpt) {
  const marks = [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, text]) => fold(text));
  const typed = [fold(query), ...query.split(/\s+/).map(fold)].filter((word) => word);
  const close = (/** @type {string} */ mark, /** @type {string} */ word) => {
    if (word.includes(mark)) return mark.length > 1 || /\p{Script=Han}/u.test(mark) || mark === word;
    let same = 0;
    while (same < mark.length && mark[same] === word[same]) same += 1;
    return same > 1 && same >= word.length * 0.7;
  };
  return marks.length === 0 || marks.some((mark) => mark && typed.some((word) => close(mark, word)));
}

/**
 * The pages that have the query as one of their names, and the entries that have a part of it: the longest first.
 *
 * @param {string} query
 * @param {string} language
 * @returns {Promise<Result[]>}
 */
async function findNamed(query, language) {
  named ??= fetch(new URL(`words-${language}.json`, FOLDER)).then((reply) => reply.json());
  const wanted = fold(query);
  const matches = (await named).map((page) => {
    const meant = (/** @type {string} */ name) =>
      name === wanted || (page.within && name.length > 2 && wanted.includes(name));
    return { page, best: Math.max(0, ...page.words.map(fold).filter(meant).map((name) => name.length)) };
  });
  return matches
    .filter(({ best }) => best > 0)
    .sort((one, other) => other.best - one.best)
    .map(({ page }) => ({ url: new URL(page.page, ROOT).href, title: page.title, excerpt: page.summary }));
}

/**
 * The text without what people write in different ways: width, case, kana, long vowels, hyphens and spaces.
 *
 * @param {string} text
 */
function fold(text) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[ー\s\p{P}\p{S}]/gu, "");
  const kana = plain.replace(/[ァ-ヶ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60));
  return kana.replace(/fibre/g, "fiber").replace(/(?<=[a-z]{3})s$/, "");
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("search-form"));
if (form) serve(form);

/** @param {HTMLFormElement} form */
function serve(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const status = /** @type {HTMLElement} */ (document.getElementById("search-status"));
  const list = /** @type {HTMLElement} */ (document.getElementById("search-results"));
  const words = status.dataset;
  let latest = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let pause;

  const show = async () => {
    const query = input.value.trim();
    const mine = ++latest;
    // The fragment is never sent to a server; it keeps the words for Back, reload and a bookmark.
    const fragment = query ? `#q=${encodeURIComponent(query)}` : " ";
    if (location.hash !== fragment.trim()) history.replaceState(null, "", query ? fragment : location.pathname);
    if (!query) return tell("", []);
    try {
      const results = await find(query, document.documentElement.lang);
      if (mine !== latest) return;
      const [one, many, none] = [words.one ?? "", words.many ?? "", words.none ?? ""];
      const said = results.length === 0 ? none : results.length === 1 ? one : many;
      tell(said.replace("{n}", String(results.length)).replace("{query}", query), results);
    } catch {
      if (mine === latest) tell(words.failed ?? "", []);
    }
  };
  /** @param {string} said @param {Result[]} results */
  const tell = (said, results) => {
    status.textContent = said;
    list.replaceChildren(...results.map(item));
  };
  const read = () => {
    const query = new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
    if (query === input.value.trim()) return;
    input.value = query;
    void show();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    void show();
  });
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(show, 250);
  });
  addEventListener("hashchange", read);
  read();
}

/** @param {Result} result */
function item(result) {
  const link = document.createElement("a");
  link.href = result.url;
  link.textContent = result.title;
  const excerpt = document.createElement("p");
  excerpt.append(...marked(result.excerpt));
  const entry = document.createElement("li");
  entry.append(link, excerpt);
  return entry;
}

/**
 * The nodes of an excerpt: text, and marks of the words that were found.
 *
 * @param {string} excerpt
 */
function marked(excerpt) {
  const signs = new Map([["lt", "<"], ["gt", ">"], ["quot", '"'], ["#39", "'"], ["#x27", "'"], ["amp", "&"]]);
  return excerpt.split(/<\/?mark>/).map((part, number) => {
    const text = part.replace(/&(lt|gt|quot|#39|#x27|amp);/g, (_, name) => signs.get(name) ?? "");
    if (number % 2 === 0) return document.createTextNode(text);
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
}
