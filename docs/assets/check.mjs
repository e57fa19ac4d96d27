// The questionnaire page: it carries answers to the engine and the engine's pages to the screen, and keeps history and
// focus. It holds no wording and no rules. Answers stay in this tab: in memory and in history.state, nowhere else.
import { Engine, EngineError } from "./engine.mjs";

/** @typedef {"ja" | "en"} Language */
/** @typedef {{at: object} & Record<string, unknown>} State what the engine remembers; only `at` is looked at here */
/** @typedef {{state: State, html: string, title: string, view: string, errors: boolean}} Reply */
/**
 * What a history entry holds: the run of questions it belongs to, how many pages of it lie before, the answers, and
 * the page as it was last shown, so that a reload shows it at once.
 * @typedef {{run: string, depth: number, state: State, language: Language, page?: Reply}} Entry
 */

/** After so long a wait the page says that it is loading; after so much longer it offers another way. */
const NOTICE = 300;
const SLOW = 20_000;

const found = document.getElementById("check");
const status = document.getElementById("check-status");
if (found && status) run(found, status);

/** @param {HTMLElement} root @param {HTMLElement} status */
function run(root, status) {
  /** @type {Language} */
  let language = document.documentElement.lang === "en" ? "en" : "ja";
  /** @type {Entry | null} null while the page is as it was delivered */
  let entry = null;
  let busy = false;
  /** @type {(() => Promise<void>) | null} what to do again after a failure */
  let again = null;
  /** @type {(() => Promise<void>) | null} what the browser's Back asked for meanwhile */
  let following = null;
  /** The address of the page in the language shown, once it has been switched. */
  let address = "";
  /** @type {import("./engine.mjs").Progress | null} */
  let latest = null;

  const engine = new Engine(showProgress, (failure) => {
    // Nobody waits yet: say it without taking the focus away from the question.
    if (!busy) showMessage(failure.kind, false);
  });

  const kept = stored();
  const chosen = new URLSearchParams(location.hash.slice(1)).get("technology");
  if (kept) {
    language = kept.language;
    if (kept.page) {
      entry = kept;
      show(kept.page, false);
      renew(kept.page);
    } else {
      root.hidden = true;
      attempt(restore);
    }
  } else if (chosen) {
    // Question 1 stands in the page, but it is answered already.
    root.hidden = true;
    history.replaceState(null, "", location.pathname);
    attempt(() => move({ do: "start", technology: chosen }, "replace"));
  } else {
    idle(() => engine.start());
  }

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form[data-check]")) return;
    event.preventDefault();
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(form)) fields[name] = String(value);
    attempt(() => move({ do: "answer", fields }, "push"));
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const field = target?.closest(".error-summary a");
    const control = /** @type {HTMLElement | null | undefined} */ (target?.closest("[data-do]"));
    const other = /** @type {HTMLAnchorElement | null | undefined} */ (
      target?.closest("a.language-switch")
    );
    if (field) {
      event.preventDefault();
      document.getElementById(field.getAttribute("href")?.slice(1) ?? "")?.focus();
    } else if (control) {
      follow(control, event);
    } else if (other && entry) {
      event.preventDefault();
      attempt(() => switchLanguage(other), true);
    }
  });

  addEventListener("popstate", () => {
    if (stored()) attempt(restore, true);
    // A link within the page (to skip the header) made an entry of its own: it stands for the same question.
    else if (entry) history.replaceState(entry, "");
  });

  // Enter in the search field looks it up and does not send the question.
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!(event.target instanceof HTMLInputElement) || !("find" in event.target.dataset)) return;
    event.preventDefault();
    attempt(find);
  });

  root.querySelector(".finder")?.removeAttribute("hidden");
  // From here on a press is heard.
  root.dataset.ready = "";

  async function restore() {
    const there = stored();
    if (!there) return;
    // Later answers stay: only the place is taken from the entry that was gone back to.
    const state = entry && entry.run === there.run ? { ...entry.state, at: there.state.at } : there.state;
    entry = { ...there, state };
    await move({ do: "show" }, "restore");
  }

  /** @param {HTMLElement} control @param {Event} event */
  function follow(control, event) {
    const { do: action, line, page } = control.dataset;
    event.preventDefault();
    if (action === "back" && entry && entry.depth > 0) history.back();
    // The run began further on, from the page of an entry: before it there is question 1.
    else if (action === "back") attempt(() => move({ do: "change", line: 0, page: "technology" }, "push"));
    else if (action === "print") print();
    else if (action === "retry") retry();
    else if (action === "change") attempt(() => move({ do: "change", line: Number(line), page }, "push"));
    else if (action === "result") attempt(() => move({ do: "result" }, "push"));
    else if (action === "add") attempt(() => move({ do: "add" }, "push"));
    else if (action === "remove") attempt(() => move({ do: "remove", line: Number(line) }, "push"));
    else if (action === "find") attempt(find);
    else if (action === "choose") choose(control.dataset.value ?? "");
    else if (action === "start") attempt(() => move({ do: "start" }, "push"));
  }

  /** Shows what the engine suggests for the words in the search field. */
  async function find() {
    const field = root.querySelector("input[data-find]");
    const place = root.querySelector("#find-result");
    if (!(field instanceof HTMLInputElement) || !place) return;
    const reply = /** @type {{html: string}} */ (await engine.ask({ find: field.value, language }));
    place.innerHTML = reply.html;
  }

  /** Marks a suggested entry in the list and goes there. @param {string} value */
  function choose(value) {
    const radio = root.querySelector(`input[name="technology"][value="${CSS.escape(value)}"]`);
    if (!(radio instanceof HTMLInputElement)) return;
    radio.checked = true;
    radio.focus();
  }

  /**
   * Asks the engine for a page and shows it.
   * @param {Record<string, unknown>} action
   * @param {"push" | "replace" | "restore"} how
   */
  async function move(action, how) {
    const fresh = action.do === "start";
    let before = fresh ? null : entry;
    if (!before && !fresh) {
      // Question 1 was on the page from the start: its state is that of a run just begun.
      const begun = await ask({ do: "start" }, null);
      before = { run: newRun(), depth: 0, state: begun.state, language };
    }
    const reply = await ask(action, before?.state ?? null);
    const run = before?.run ?? newRun();
    if (how === "push" && !reply.errors) {
      // Going back must find the answer that was just given.
      if (before) store({ ...before, state: { ...reply.state, at: before.state.at }, page: undefined }, "replace");
      const depth = before || entry ? ((before ?? entry)?.depth ?? 0) + 1 : 0;
      entry = { run, depth, state: reply.state, language, page: reply };
      store(entry, "push");
    } else {
      entry = { run, depth: before?.depth ?? 0, state: reply.state, language, page: reply };
      store(entry, "replace");
    }
    show(reply, how !== "restore" || document.hasFocus());
  }

  /** @param {Record<string, unknown>} action @param {State | null} state @returns {Promise<Reply>} */
  function ask(action, state) {
    return engine.ask({ language, state, action });
  }

  /**
   * One thing at a time; while it lasts the page says so, and if it fails it says that.
   * @param {() => Promise<void>} work
   * @param {boolean} queue whether it must follow what is being done, as going back must
   */
  async function attempt(work, queue = false) {
    if (busy) {
      if (queue) following = work;
      return;
    }
    busy = true;
    again = work;
    root.setAttribute("aria-busy", "true");
    const notice = setTimeout(() => showMessage("loading", false), NOTICE);
    const slow = setTimeout(() => showMessage("slow", false), SLOW);
    try {
      await work();
      again = null;
      status.replaceChildren();
    } catch (failure) {
      clearTimeout(notice);
      clearTimeout(slow);
      showMessage(failure instanceof EngineError ? failure.kind : "crash", true);
      console.error(failure);
    } finally {
      clearTimeout(notice);
      clearTimeout(slow);
      busy = false;
      root.removeAttribute("aria-busy");
    }
    const next = following;
    following = null;
    if (next) await attempt(next);
  }

  function retry() {
    status.replaceChildren();
    if (again) attempt(again);
    else engine.start();
  }

  /**
   * The page was shown again from memory; the engine has the last word on it, since the rules may have changed.
   * @param {Reply} shown
   */
  async function renew(shown) {
    const there = entry;
    const reply = await ask({ do: "show" }, shown.state).catch(() => null);
    if (!reply || entry !== there || busy || reply.html === shown.html || shown.errors) return;
    entry = { .../** @type {Entry} */ (there), state: reply.state, page: reply };
    store(entry, "replace");
    show(reply, false);
  }

  /** @param {Reply} reply @param {boolean} focus */
  function show(reply, focus) {
    root.innerHTML = reply.html;
    root.querySelector(".finder")?.removeAttribute("hidden");
    root.hidden = false;
    root.dataset.view = reply.view;
    root.lang = language;
    document.title = reply.title;
    if (!focus) return;
    scrollTo({ top: 0, behavior: "instant" });
    /** @type {HTMLElement | null} */ (root.querySelector(".error-summary, h1"))?.focus({ preventScroll: true });
  }

  /** @param {string} kind @param {boolean} focus */
  function showMessage(kind, focus) {
    const template = document.querySelector(`template[data-message="${kind}"]`);
    if (!(template instanceof HTMLTemplateElement)) return;
    status.replaceChildren(template.content.cloneNode(true));
    const heading = status.querySelector("h2");
    if (focus) heading?.focus();
    if (focus) heading?.scrollIntoView({ block: "center", behavior: "instant" });
    showProgress(latest);
  }

  /** @param {import("./engine.mjs").Progress | null} progress */
  function showProgress(progress) {
    latest = progress;
    const bar = status.querySelector("progress");
    // The rest, after the download, has no measure: the bar keeps its last tenth for it.
    if (bar && progress?.total) bar.value = Math.min(90, (90 * progress.loaded) / progress.total);
  }

  /**
   * The same page and answers in the other language, and the frame of the page as well if it can be had.
   * @param {HTMLAnchorElement} link
   */
  async function switchLanguage(link) {
    const before = language;
    language = link.hreflang === "en" ? "en" : "ja";
    try {
      const target = new URL(link.href);
      const frame = await fetch(target)
        .then((response) => (response.ok ? response.text() : null))
        .catch(() => null);
      const reply = await ask({ do: "show" }, entry?.state ?? null);
      entry = { run: entry?.run ?? newRun(), depth: entry?.depth ?? 0, state: reply.state, language, page: reply };
      if (frame) {
        // The address first: the links of the new frame are relative to it.
        for (const icon of document.querySelectorAll("link[rel~=icon]")) {
          if (icon instanceof HTMLLinkElement) icon.href = icon.href;
        }
        address = target.pathname;
        store(entry, "replace");
        translateFrame(new DOMParser().parseFromString(frame, "text/html"));
      } else {
        store(entry, "replace");
      }
      show(reply, true);
    } catch (failure) {
      language = before;
      throw failure;
    }
  }

  /** @param {Document} other the same page in the other language, as delivered */
  function translateFrame(other) {
    document.documentElement.lang = language;
    for (const part of [".md-header__title", ".md-header__option", ".md-nav--primary", ".md-footer", ".md-skip", ".page-foot"]) {
      const here = document.querySelector(part);
      const there = other.querySelector(part);
      if (here && there) here.innerHTML = there.innerHTML;
    }
    for (const template of document.querySelectorAll("template[data-message]")) {
      const kind = template.getAttribute("data-message");
      const translated = other.querySelector(`template[data-message="${kind}"]`);
      if (translated) template.innerHTML = translated.innerHTML;
    }
  }

  /** @param {Entry} what @param {"push" | "replace"} how */
  function store(what, how) {
    if (how === "push") history.pushState(what, "", address || undefined);
    else history.replaceState(what, "", address || undefined);
  }
}

/** @returns {Entry | null} what this history entry holds of ours */
function stored() {
  const value = history.state;
  return value && typeof value === "object" && "run" in value && "state" in value ? value : null;
}

/** A name for a run of questions; it says nothing about them. */
function newRun() {
  return String(Math.random()).slice(2);
}

/** Runs `work` when the page is painted and quiet, so that it takes nothing from question 1. @param {() => void} work */
function idle(work) {
  const start = () => ("requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 2000 }) : setTimeout(work, 200));
  if (document.readyState === "complete") start();
  else addEventListener("load", start, { once: true });
}
