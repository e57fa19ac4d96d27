// The first pages of the questionnaire, as they were rendered at build time: they are shown while the engine loads.
// It looks up what follows an answer and decides nothing; what is not in the file only the engine can give (null).

/** @typedef {import("./check.mjs").Language} Language */
/** @typedef {import("./check.mjs").Reply} Reply */
/** @typedef {{technology: string | null, answers: Record<string, string>}} Line */
/** @typedef {{lines: Line[], at: {line: number, page: string}, draft?: Record<string, string>}} State */
/** @typedef {{view: string, title: string, html: number[]}} Shown */
/** @typedef {{page: string, facts: string[], before: number, left: number | null, error?: Shown, next: Record<string, number>}} Place */
/** @typedef {Shown & Place} Page */
/** @typedef {{state: State, common: string[], first: number, pages: Page[], lines: string[]}} Automaton */
/** @typedef {{do: string, technology?: string, fields?: Record<string, string>, page?: string, line?: number}} Action */

/** For so long the file is waited for; then it is the engine's turn. */
const PATIENCE = 5_000;
const UNKNOWN = "unknown";

export class FirstSteps {
  /** @type {Map<Language, Promise<Automaton | null>>} */ #files = new Map();

  /**
   * Fetches the file of a language: the same for everybody, whatever is answered.
   * @param {Language} language
   */
  load(language) {
    const kept = this.#files.get(language);
    if (kept) return kept;
    const file = read(language).catch(() => {
      this.#files.delete(language);
      return null;
    });
    this.#files.set(language, file);
    return file;
  }

  /**
   * What the engine will reply to an action of the page, if it was rendered at build time.
   * @param {Language} language @param {Action} action @param {State | null} state
   * @returns {Promise<Reply | null>}
   */
  async reply(language, action, state) {
    const steps = await this.load(language);
    return steps && reply(steps, action, state ?? steps.state);
  }
}

/** @param {Language} language @returns {Promise<Automaton>} */
async function read(language) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(new URL(`first-steps/${language}.json`, import.meta.url), { signal });
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  return response.json();
}

/** @param {Automaton} steps @param {Action} action @param {State} before @returns {Reply | null} */
function reply(steps, action, before) {
  const { draft, ...state } = action.do === "start" ? steps.state : before;
  if (state.lines.length !== 1) return null;
  if (action.do === "answer") return answer(steps, state, action.fields ?? {});
  if (action.do === "start") {
    return action.technology ? answer(steps, state, { technology: action.technology }) : stand(steps, state);
  }
  if (action.do === "change" && action.page && !action.line) {
    return stand(steps, { ...state, at: { line: 0, page: action.page } });
  }
  return action.do === "show" && !draft ? stand(steps, state) : null;
}

/**
 * The page after the one that the state stands on was answered.
 * @param {Automaton} steps @param {State} state @param {Record<string, string>} fields @returns {Reply | null}
 */
function answer(steps, state, fields) {
  const page = find(steps, state, state.at.page);
  if (!page) return null;
  const answers = page.facts.map((fact) => {
    const text = (fields[fact] ?? "").trim();
    const unknown = fields[`${fact}.${UNKNOWN}`] === UNKNOWN;
    return text && unknown ? null : unknown ? UNKNOWN : text;
  });
  if (page.error && answers.every((given) => given === "")) {
    return left(page, shown(steps, page.error, { ...state, draft: fields }));
  }
  if (!(answers.join("|") in page.next)) return null;
  const given = Object.fromEntries(page.facts.map((fact, index) => [fact, String(answers[index])]));
  const [old] = state.lines;
  const { technology = old.technology, ...rest } = given;
  const stays = Object.entries(old.answers).filter(
    ([fact]) => technology === old.technology || steps.common.includes(fact),
  );
  const line = { technology, answers: { ...Object.fromEntries(stays), ...rest } };
  const lines = [line];
  const following = find(steps, { lines }, null);
  return following && stand(steps, { ...state, lines, at: { line: 0, page: following.page } });
}

/**
 * The page of the given name on the way through the answers, or the first one that they do not answer.
 * @param {Automaton} steps @param {{lines: Line[]}} state @param {string | null} name @returns {Page | null}
 */
function find(steps, { lines: [line] }, name) {
  const given = /** @type {Record<string, string | null>} */ ({ ...line.answers, technology: line.technology });
  /** @type {Page | undefined} */
  let page = steps.pages[steps.first];
  while (page && page.page !== name) {
    const answers = /** @type {string[]} */ (page.facts.map((fact) => given[fact] ?? ""));
    if (answers.includes("") || !answers.length) return name === null ? page : null;
    page = steps.pages[page.next[answers.join("|")]];
  }
  return page ?? null;
}

/** The page that a state stands on, with its answers filled in. @param {Automaton} steps @param {State} state */
function stand(steps, state) {
  const page = find(steps, state, state.at.page);
  const [line] = state.lines;
  const given = /** @type {Record<string, string | null>} */ ({ ...line.answers, technology: line.technology });
  const reply = page && shown(steps, page, state);
  if (!reply || !page) return null;
  for (const fact of page.facts) {
    const value = given[fact];
    if (value === null || value === undefined) continue;
    const html = checked(reply.html, fact, value) ?? checked(reply.html, `${fact}.${UNKNOWN}`, value);
    if (html === null) return null;
    reply.html = html;
  }
  return left(page, reply);
}

/**
 * The reply with the number of questions to come, if nothing that comes later was answered before.
 * @param {Page} page @param {Reply} reply
 */
function left(page, reply) {
  const [{ answers }] = /** @type {State} */ (reply.state).lines;
  const later = Object.keys(answers).filter((fact) => !page.facts.includes(fact)).length > page.before;
  return later ? reply : { ...reply, left: page.left };
}

/** @param {Automaton} steps @param {Shown} page @param {State} state @returns {Reply} */
function shown(steps, { view, title, html }, state) {
  const text = html.map((number) => steps.lines[number]);
  return { state, html: text.join("\n"), title, view, errors: "draft" in state };
}

/** The mark-up with one box checked; null if it has no such box. @param {string} html @param {string} name @param {string} value */
function checked(html, name, value) {
  const place = html.indexOf(`name="${name}" value="${value}"`);
  const end = html.indexOf(">", place);
  return place < 0 ? null : `${html.slice(0, end)} checked${html.slice(end)}`;
}
