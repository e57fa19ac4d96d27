// What was typed or chosen on a page and not sent yet, so that a reload or a change of language does not lose it.

/** @typedef {Record<string, string>} Draft */

/** Fields of the question, and the search field, which has no name since it is not sent. */
const FIELDS = "form[data-check] input[name], form[data-check] input[data-find]";

/** @param {HTMLElement} root @returns {Draft} */
export function typed(root) {
  /** @type {Draft} */
  const draft = {};
  for (const field of fields(root)) {
    const sent = field.type === "radio" || field.type === "checkbox" ? field.checked : true;
    if (sent) draft[field.name || field.id] = field.value;
  }
  return draft;
}

/** @param {HTMLElement} root @param {Draft | undefined} draft */
export function refill(root, draft) {
  if (!draft) return;
  for (const field of fields(root)) {
    const value = draft[field.name || field.id];
    if (field.type === "radio" || field.type === "checkbox") field.checked = value === field.value;
    else field.value = value ?? "";
  }
}

/** @param {HTMLElement} root */
function fields(root) {
  return /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(FIELDS));
}
