// Shows what a term means while the pointer or the focus is on it, or after a tap. The words stand on the page, hidden:
// screen readers get them without this. Esc takes the tooltip away, and the pointer may move into it.
const notes = /** @type {HTMLElement} */ (document.querySelector(".term-notes"));
const tip = document.createElement("div");
tip.className = "term-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
notes.after(tip);

/** @type {HTMLAnchorElement | null} */
let shown = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;
// Not every browser says it with the click.
let pointer = "";

for (const term of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.term"))) {
  term.addEventListener("pointerenter", ({ pointerType }) => pointerType !== "touch" && show(term));
  term.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && leave());
  term.addEventListener("focus", () => term.matches(":focus-visible") && show(term));
  term.addEventListener("blur", hide);
  term.addEventListener("click", (event) => {
    // The first tap tells, the second follows the link.
    if (pointer !== "touch" || shown === term) return;
    event.preventDefault();
    show(term, notes.dataset.more);
  });
  // The focus may have come before this script.
  if (term.matches(":focus-visible")) show(term);
}
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", leave);
addEventListener("resize", hide);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
document.addEventListener("pointerdown", ({ target, pointerType }) => {
  pointer = pointerType;
  if (target instanceof Node && !tip.contains(target) && !shown?.contains(target)) hide();
});

/** @param {HTMLAnchorElement} term @param {string} [more] */
function show(term, more) {
  clearTimeout(leaving);
  const note = document.getElementById(term.getAttribute("aria-describedby") ?? "");
  if (!note) return;
  tip.replaceChildren(...[...note.childNodes].map((node) => node.cloneNode(true)));
  if (more) {
    const line = document.createElement("small");
    line.textContent = more;
    tip.append(line);
  }
  tip.hidden = false;
  shown = term;
  place(term.getClientRects()[0]);
}

/** Below the term, or above it where there is no room. @param {DOMRect} word */
function place(word) {
  const { width, height } = tip.getBoundingClientRect();
  const frame = (tip.offsetParent ?? document.body).getBoundingClientRect();
  const left = Math.max(8, Math.min(word.left, document.documentElement.clientWidth - width - 8));
  const above = word.bottom + height > innerHeight && word.top > height;
  tip.style.left = `${left - frame.left}px`;
  tip.style.top = `${(above ? word.top - height : word.bottom) - frame.top}px`;
}

function leave() {
  leaving = setTimeout(hide, 300);
}

function hide() {
  clearTimeout(leaving);
  tip.hidden = true;
  shown = null;
}
