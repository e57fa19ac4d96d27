// The button on the page of proofs: it compares the delivered files with the published manifest, runs every worked
// case in the engine of the questionnaire, and says how many came out as written. Its words are templates of the page.
import { Engine } from "./engine.mjs";

/**
 * @typedef {{id: string, situation: object, expect: string, as_of: string | null, because: string[] | null,
 *   missing: string[] | null, possible: string[] | null, each: string[] | null, division: string | null}} Case
 */
/**
 * @typedef {{outcome: string, because: string[], missing: string[], possible: string[], lines: string[],
 *   divisions: (string | null)[], error?: string}} Verdict
 */
/** @typedef {{engine: string, rules: string, files: Record<string, {sha256: string}>}} Manifest */

const MANIFEST = new URL("runtime.json", import.meta.url);
const CASES = new URL("../api/v1/cases.json", import.meta.url);
/** So many cases go to the engine at once: few enough for the progress to be seen. */
const BATCH = 20;

const found = document.getElementById("run-cases");
if (found) {
  prepare(found);
  openTarget();
  addEventListener("hashchange", openTarget);
}

/** Opens the group of cases that the address names, or that the named case is in. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.closest("details")?.setAttribute("open", "");
  target?.scrollIntoView({ behavior: "instant" });
}

/** @param {HTMLElement} root */
function prepare(root) {
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
  const status = /** @type {HTMLElement} */ (root.querySelector("[role=status]"));
  const line = /** @type {HTMLElement} */ (root.querySelector(".case-progress"));
  const bar = /** @type {HTMLProgressElement} */ (root.querySelector("progress"));
  button.hidden = false;
  button.addEventListener("click", async () => {
    // Not disabled while it runs: the keyboard would lose its place.
    if (root.getAttribute("aria-busy")) return;
    root.setAttribute("aria-busy", "true");
    bar.value = 0;
    line.hidden = false;
    status.replaceChildren(message("running"));
    try {
      const report = await run();
      status.replaceChildren(...report);
    } catch (failure) {
      status.replaceChildren(message("broken"));
      console.warn(failure);
    } finally {
      line.hidden = true;
      root.removeAttribute("aria-busy");
    }
    status.querySelector("h3")?.focus();
  });

  /** @returns {Promise<DocumentFragment[]>} what to say at the end */
  async function run() {
    const began = performance.now();
    const manifest = /** @type {Manifest} */ (await json(MANIFEST));
    const files = await compare(manifest);
    if (files.different.length) {
      return [message("files-bad", {}, files.different.map((name) => item(document.createElement("code"), name)))];
    }
    const { cases } = /** @type {{cases: Case[]}} */ (await json(CASES));
    bar.max = cases.length;
    const engine = new Engine(() => {}, () => {});
    const failed = [];
    for (let start = 0; start < cases.length; start += BATCH) {
      const batch = cases.slice(start, start + BATCH);
      const request = batch.map((one) => ({ evaluate: one.situation, as_of: one.as_of }));
      const { verdicts } = /** @type {{verdicts: Verdict[]}} */ (await engine.ask({ evaluate_all: request }));
      failed.push(...batch.flatMap((one, index) => (asWritten(one, verdicts[index]) ? [] : [failure(one, verdicts[index])])));
      bar.value = start + batch.length;
    }
    engine.stop();
    const slots = {
      passed: cases.length - failed.length,
      failed: failed.length,
      seconds: ((performance.now() - began) / 1000).toFixed(1),
    };
    const compared = files.unread ? message("files-unread") : message("files-good", { files: files.same });
    return [message(failed.length || !cases.length ? "failed" : "passed", slots, failed), compared];
  }

  /**
   * Compares the hashes of all that the engine loads with the manifest, and the manifest with the page.
   * @param {Manifest} manifest
   */
  async function compare(manifest) {
    const different = [];
    if (manifest.engine !== root.dataset.engine || manifest.rules !== root.dataset.rules) different.push("runtime.json");
    // Browsers compute hashes on secure origins only: https, or this machine itself.
    if (!globalThis.crypto?.subtle) return { different, same: 0, unread: true };
    const names = Object.keys(manifest.files);
    for (const name of names) {
      const response = await fetch(new URL(name, MANIFEST));
      const hash = response.ok ? await sha256(await response.arrayBuffer()) : "";
      if (hash !== manifest.files[name].sha256) different.push(name.split("/").at(-1) ?? name);
    }
    return { different, same: names.length, unread: false };
  }

  /** @param {string} kind @param {Record<string, unknown>} slots @param {Node[]} items @returns {DocumentFragment} */
  function message(kind, slots = {}, items = []) {
    const template = /** @type {HTMLTemplateElement} */ (root.querySelector(`template[data-message="${kind}"]`));
    const said = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    for (const [name, value] of Object.entries(slots)) {
      for (const slot of said.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = String(value);
    }
    said.querySelector("[data-list]")?.append(...items);
    return said;
  }
}

/** @param {Case} one @param {Verdict} verdict */
function asWritten(one, verdict) {
  if (verdict.error !== undefined) return false;
  const wanted = [
    [one.expect, verdict.outcome],
    [one.because ?? [], verdict.because],
    [one.expect === "ask" ? (one.missing ?? []) : (one.missing ?? verdict.missing), verdict.missing],
    [one.possible ?? verdict.possible, verdict.possible],
    [one.each ?? verdict.lines, verdict.lines],
    [one.division ?? verdict.divisions[0], verdict.divisions[0]],
  ];
  return wanted.every(([wish, given]) => JSON.stringify(wish) === JSON.stringify(given));
}

/** @param {Case} one @param {Verdict} verdict @returns {HTMLLIElement} a link to the case by its title */
function failure(one, verdict) {
  const place = document.getElementById(`case-${one.id}`);
  const link = document.createElement("a");
  link.href = `#case-${one.id}`;
  link.append(...[...(place?.querySelector(".case-title")?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  const codes = document.createElement("code");
  codes.textContent = `${one.expect} → ${verdict.outcome ?? verdict.error}`;
  const entry = document.createElement("li");
  entry.append(link, " ", codes);
  return entry;
}

/** @param {HTMLElement} element @param {string} text @returns {HTMLLIElement} */
function item(element, text) {
  const entry = document.createElement("li");
  element.textContent = text;
  entry.append(element);
  return entry;
}

/** @param {URL} address @returns {Promise<unknown>} */
async function json(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address.pathname}`);
  return response.json();
}

/** @param {ArrayBuffer} content */
async function sha256(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
