// What a visitor keeps of a result and opens again: files made on this device, and a link with the answers behind its "#".
// The engine writes and reads them; here they only go in and out of the page.

/** @typedef {import("./check.mjs").Reply} Reply */
/**
 * @typedef {object} Tools
 * @property {(request: object) => Promise<any>} ask the engine
 * @property {(work: () => Promise<void>, queue?: boolean, whole?: boolean) => Promise<void>} attempt
 * @property {(reply: Reply) => void} arrive shows the page of an opened record
 */

/** No record of ours is longer; the engine says so of what is. */
const LONGEST = 200_001;

export class Records {
  /** @param {HTMLElement} root @param {Tools} tools */
  constructor(root, tools) {
    this.root = root;
    this.tools = tools;
    root.addEventListener("change", (event) => {
      const field = event.target;
      if (!(field instanceof HTMLInputElement) || !("record" in field.dataset)) return;
      const file = field.files?.[0];
      if (file) this.#openFile(file);
      // The same file can be chosen again.
      field.value = "";
    });
    root.addEventListener("dragover", (event) => {
      if (this.#box(event)) event.preventDefault();
    });
    root.addEventListener("drop", (event) => {
      const file = this.#box(event) && event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      this.#openFile(file);
    });
  }

  /** Takes a record out of the address, so that the address bar and the history do not keep the answers. */
  openFromAddress() {
    const link = new URLSearchParams(location.hash.slice(1)).get("record");
    if (link === null) return false;
    history.replaceState(history.state, "", location.pathname);
    this.tools.attempt(() => this.#open({ link }), true, true);
    return true;
  }

  /** Hands over a file as a download. @param {string} what @param {object} state */
  async save(what, state) {
    const { name, type, base64 } = await this.tools.ask({ save: what, state });
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** Shows the link. @param {object} state */
  async link(state) {
    const { fragment } = await this.tools.ask({ save: "link", state });
    const field = this.#linkField();
    field.value = `${location.origin}${location.pathname}#record=${fragment}`;
    field.closest("[hidden]")?.removeAttribute("hidden");
    field.focus();
    field.select();
  }

  /** Copies the link; where the browser refuses, it is selected. */
  async copy() {
    const field = this.#linkField();
    const said = /** @type {HTMLElement} */ (this.root.querySelector("[data-copy]"));
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = said.dataset.copied ?? "";
    } catch {
      field.focus();
      field.select();
      said.textContent = said.dataset.selected ?? "";
    }
  }

  /** @param {File} file */
  #openFile(file) {
    this.tools.attempt(async () => this.#open({ text: await file.slice(0, 4 * LONGEST).text() }), false, true);
  }

  /** @param {{text: string} | {link: string}} what */
  async #open(what) {
    const reply = await this.tools.ask({ open: what });
    if (reply.refused === undefined) return this.tools.arrive(reply);
    let place = this.root.querySelector("[data-refused]");
    if (!place) {
      place = document.createElement("div");
      place.setAttribute("data-refused", "");
      this.root.prepend(place);
    }
    place.closest("details")?.setAttribute("open", "");
    place.innerHTML = reply.refused;
    const summary = /** @type {HTMLElement | null} */ (place.querySelector(".error-summary"));
    summary?.focus();
  }

  #linkField() {
    return /** @type {HTMLInputElement} */ (this.root.querySelector("#link-text"));
  }

  /** @param {Event} event */
  #box(event) {
    return event.target instanceof Element && event.target.closest(".record-drop");
  }
}
