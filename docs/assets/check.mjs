// The questionnaire page: it carries answers to the engine and the engine's pages to the screen, and keeps history and
// focus. It holds no wording and no rules. Answers stay in this tab: in memory and in history.state, nowhere else.
import { refill, typed } from "./draft.mjs";
import { Engine, EngineError } from "./engine.mjs";
import { FirstSteps } from "./first-steps.mjs";
import { Records } from "./record.mjs";

/** @typedef {"ja" | "en"} Language */
/** @typedef {{at: object} & Record<string, unknown>} State what the engine remembers; only `at` is looked at here */
/**
 * `left` is the most question pages that can still come, this one among them; none where the engine did not say.
 * @typedef {{state: State, html: string, title: string, view: string, errors: boolean, left?: number | null}} Reply
 */
/**
 * What a history entry holds: the run of questions it belongs to, how many pages of it lie before, the answers (null
 * before the first), and the page as it was last shown, so that a reload shows it at once, with what was filled in
 * since and not sent.
 * @typedef {{run: string, depth: number, state: State | null, language: Language, page?: Reply,
 *   draft?: import("./draft.mjs").Draft}} Entry
 */

/** After so long a wait the page says that it is loading; after so much longer it offers another way. */
const NOTICE = 300;
const SLOW = 20_000;
/** Fewer bytes are not worth a number: Python is starting. */
const ARRIVED = 50_000;
/** After so long nothing more is chosen or written for now. */
const CHOSEN = 50;
/** Browsers refuse to note every key that is pressed; Safari takes 100 notes in 30 seconds. */
const PAUSE = 350;

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
  /** Whether a page was shown that the engine has not seen yet. */
  let ahead = false;
  /** Counts the pieces of work: one that was dropped for a later one must not change the page any more. */
  let turn = 0;
  let droppable = false;
  const steps = new FirstSteps();
  /** What was asked for before it was sent, and what comes of it. @type {{text: string, reply: Promise<Reply>} | null} */
  let guess = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let choosing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  let noted = -PAUSE;

  const engine = new Engine(hear, (failure) => {
    // Nobody waits yet: say it without taking the focus away from the question.
    if (!busy) showMessage(failure.kind, false);
  });

  const records = new Records(root, {
    ask: (request) => engine.ask({ language, ...request }),
    attempt,
    arrive,
  });
  const kept = stored();
  const chosen = new URLSearchParams(location.hash.slice(1)).get("technology");
  if (kept) {
    language = kept.language;
    if (kept.page) {
      entry = kept;
      ahead = true;
      show(kept.page, false);
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
    refill(root, history.state?.draft);
  }
  // The first pages are small and come first: from then on nobody waits for the engine. Who opens a record wants none.
  if (!records.openFromAddress()) idle(() => steps.load(language).finally(() => engine.start()));

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form[data-check]")) return;
    event.preventDefault();
    attempt(() => move(answer(form), "push"));
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
    } else if (other && (entry || history.state?.draft || pause)) {
      event.preventDefault();
      attempt(() => switchLanguage(other), true, true);
    }
  });

  root.addEventListener("input", (event) => {
    const form = event.target instanceof Element && event.target.closest("form[data-check]");
    clearTimeout(choosing);
    if (form instanceof HTMLFormElement) choosing = setTimeout(() => foresee(answer(form)), CHOSEN);
    clearTimeout(pause);
    const rest = event instanceof InputEvent ? noted + PAUSE - performance.now() : 0;
    if (rest > 0) pause = setTimeout(keepDraft, rest);
    else keepDraft();
  });
  // The field is left: nothing more is typed.
  root.addEventListener("change", () => pause && keepDraft());

  addEventListener("popstate", () => {
    // What was being filled in belongs to the page that is left.
    clearTimeout(pause);
    pause = undefined;
    if (records.openFromAddress()) return;
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

  unhide();
  // From here on a press is heard.
  root.dataset.ready = "";

  async function restore() {
    const there = stored();
    if (!there) return;
    // Later answers stay: only the place is taken from the entry that was gone back to.
    const later = entry?.run === there.run ? entry.state : null;
    const state = later && there.state ? { ...later, at: there.state.at } : there.state;
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
    else if (action === "result" || action === "note") attempt(() => move({ do: action }, "push"));
    else if (action === "save") attempt(() => records.save(control.dataset.what ?? "", entry?.state ?? {}));
    else if (action === "link") attempt(() => records.link(entry?.state ?? {}));
    else if (action === "copy") records.copy();
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
    keepDraft();
  }

  /**
   * Asks the engine for a page and shows it.
   * @param {Record<string, unknown>} action
   * @param {"push" | "replace" | "restore"} how
   */
  async function move(action, how) {
    const mine = turn;
    const fresh = action.do === "start";
    let before = fresh ? null : entry;
    if (!before && !fresh) {
      // Question 1 was on the page from the start: its state is that of a run just begun.
      const begun = await ask({ do: "start" }, null);
      before = { run: newRun(), depth: 0, state: begun.state, language };
    }
    const reply = await ask(action, before?.state ?? null);
    if (mine !== turn) return;
    const run = before?.run ?? newRun();
    if (how === "push" && !reply.errors) {
      // Going back must find the answer that was just given.
      const answered = { state: { ...reply.state, at: before?.state?.at ?? {} }, page: undefined, draft: undefined };
      if (before) store({ ...before, ...answered }, "replace");
      const depth = before || entry ? ((before ?? entry)?.depth ?? 0) + 1 : 0;
      entry = { run, depth, state: reply.state, language, page: reply };
      store(entry, "push");
    } else {
      const draft = how === "restore" ? before?.draft : undefined;
      entry = { run, depth: before?.depth ?? 0, state: reply.state, language, page: reply, draft };
      store(entry, "replace");
    }
    show(reply, how !== "restore" || document.hasFocus());
    // An engine that has only just started, or keeps its memory, is not waited for either.
    if (!ahead || !engine.ready) return;
    ahead = false;
    renew(reply);
  }

  /** @param {Record<string, unknown>} action @param {State | null} state @returns {Promise<Reply>} */
  async function ask(action, state) {
    const known = await steps.reply(language, /** @type {any} */ (action), /** @type {any} */ (state));
    if (known) ahead = true;
    const request = { language, state, action };
    return known ?? (guess?.text === JSON.stringify(request) ? guess.reply : engine.ask(request));
  }

  /** @param {HTMLFormElement} form @returns {{do: string, fields: Record<string, string>}} */
  function answer(form) {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(form)) fields[name] = String(value);
    return { do: "answer", fields };
  }

  /**
   * Asks for what will probably be done next, while the hand is on its way to the button. A reply depends on its request
   * alone, and is used for that very one.
   * @param {Record<string, unknown>} action
   */
  async function foresee(action) {
    const state = /** @type {any} */ (entry?.state);
    if (!state || !engine.ready || (await steps.reply(language, /** @type {any} */ (action), state))) return;
    const request = { language, state, action };
    const made = { text: JSON.stringify(request), reply: engine.ask(request) };
    guess = made;
    // Whoever does it asks once more, and hears of it.
    made.reply.catch(() => guess === made && (guess = null));
  }

  /**
   * One thing at a time; while it lasts the page says so, and if it fails it says that.
   * What waits for the engine to start is dropped for what is done next: an answer changed meanwhile, or going back.
   * @param {() => Promise<void>} work
   * @param {boolean} queue whether it must follow what is being done, as going back must
   * @param {boolean} whole whether it must not be dropped
   */
  async function attempt(work, queue = false, whole = false) {
    if (busy && !(droppable && !engine.ready)) {
      if (queue) following = work;
      return;
    }
    const mine = ++turn;
    busy = true;
    droppable = !whole;
    again = work;
    root.setAttribute("aria-busy", "true");
    const notice = setTimeout(() => mine === turn && !engine.ready && showMessage("loading", false), NOTICE);
    const slow = setTimeout(() => mine === turn && showMessage("slow", false), SLOW);
    try {
      await work();
      if (mine !== turn) return;
      again = null;
      status.replaceChildren();
    } catch (failure) {
      if (mine !== turn) return;
      showMessage(failure instanceof EngineError ? failure.kind : "crash", true);
      console.error(failure);
    } finally {
      clearTimeout(notice);
      clearTimeout(slow);
      if (mine === turn) {
        busy = false;
        root.removeAttribute("aria-busy");
      }
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
   * The page was shown from memory or as it was built; the engine has the last word on it, since the rules may have changed.
   * @param {Reply} shown
   */
  async function renew(shown) {
    const there = entry;
    const request = { language, state: shown.state, action: { do: "show" } };
    const reply = await engine.ask(request).catch(() => null);
    if (!reply || entry !== there || busy) return;
    if (reply.html === shown.html) showLeft(reply);
    if (reply.html === shown.html || shown.errors) return;
    entry = { .../** @type {Entry} */ (there), state: reply.state, page: reply };
    store(entry, "replace");
    show(reply, false);
  }

  /** The page of a record that was opened; what stood here before is one step back. @param {Reply} reply */
  function arrive(reply) {
    if (!entry) begin();
    entry = { run: newRun(), depth: (entry?.depth ?? 0) + 1, state: reply.state, language, page: reply };
    store(entry, "push");
    show(reply, true);
  }

  /** Question 1 stands in the page as delivered: from here on it is an entry like any other. */
  function begin() {
    entry = { run: newRun(), depth: 0, state: null, language, draft: typed(root) };
    store(entry, "replace");
  }

  /** Notes what is filled in and not sent yet. */
  function keepDraft() {
    clearTimeout(pause);
    pause = undefined;
    noted = performance.now();
    const draft = typed(root);
    if (!entry) history.replaceState({ draft }, "");
    else store((entry = { ...entry, draft }), "replace");
  }

  /** Shows what only works with scripts, and writes addresses out for paper. */
  function unhide() {
    for (const part of root.querySelectorAll(".finder, [data-scripted]")) part.removeAttribute("hidden");
    for (const place of root.querySelectorAll("[data-address]")) {
      place.textContent = new URL(place.getAttribute("data-address") ?? "", location.href).href;
    }
  }

  /** Writes how many questions are left at most. @param {Reply} reply */
  function showLeft({ left }) {
    const place = /** @type {HTMLElement | null} */ (root.querySelector("[data-left]"));
    if (!place || !left) return;
    const { left: pattern = "", last = "" } = place.dataset;
    place.textContent = left === 1 ? last : filled(pattern, { number: String(left) });
  }

  /** @param {Reply} reply @param {boolean} focus */
  function show(reply, focus) {
    clearTimeout(pause);
    clearTimeout(choosing);
    pause = undefined;
    noted = -PAUSE;
    guess = null;
    root.innerHTML = reply.html;
    unhide();
    showLeft(reply);
    refill(root, entry?.draft);
    root.hidden = false;
    root.dataset.view = reply.view;
    root.lang = language;
    document.title = reply.title;
    if (reply.view === "check") choosing = setTimeout(() => foresee({ do: "result" }), CHOSEN);
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
    else if (busy) status.scrollIntoView({ block: "nearest", behavior: "instant" });
    // The sheet of the entry in question, where the page names one.
    const sheet = root.querySelector("[data-sheet]")?.getAttribute("data-sheet");
    if (sheet) status.querySelector("a[data-sheets]")?.setAttribute("href", sheet);
    showProgress(latest);
  }

  /** The engine takes over with all answers given so far. @param {import("./engine.mjs").Progress} progress */
  async function hear(progress) {
    showProgress(progress);
    const { step } = progress;
    if (step === "ready" && ahead && !busy && entry?.page) await renew(entry.page);
    if (step === "ready") ahead = false;
    root.dataset.engine = step;
  }

  /** @param {import("./engine.mjs").Progress | null} progress */
  function showProgress(progress) {
    latest = progress;
    if (!progress?.total) return;
    const bar = status.querySelector("progress");
    // The rest, after the download, has no measure: the bar keeps its last tenth for it.
    if (bar) bar.value = Math.min(90, (90 * progress.loaded) / progress.total);
    const text = status.querySelector("[data-pattern]");
    const left = Math.max(0, progress.total - progress.loaded);
    const numbers = { left: megabytes(left), total: megabytes(progress.total) };
    if (!(text instanceof HTMLElement)) return;
    const { pattern = "", arrived = "" } = text.dataset;
    text.textContent = left < ARRIVED ? arrived : filled(pattern, numbers);
  }

  /**
   * The same page and answers in the other language, and the frame of the page as well if it can be had.
   * @param {HTMLAnchorElement} link
   */
  async function switchLanguage(link) {
    if (pause) keepDraft();
    if (!entry) begin();
    const before = language;
    language = link.hreflang === "en" ? "en" : "ja";
    try {
      const target = new URL(link.href);
      const frame = await fetch(target)
        .then((response) => (response.ok ? response.text() : null))
        .catch(() => null);
      const reply = await ask({ do: "show" }, entry?.state ?? null);
      entry = { .../** @type {Entry} */ (entry), state: reply.state, language, page: reply };
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

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1_000_000).toFixed(1);
}

/** @param {string} pattern with names in braces @param {Record<string, string>} values */
function filled(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
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
