// Mends of the theme, on every page. The menu opener is a label, which takes no focus: a button stands in for it.
if (document.getElementById("check")) import("./check.mjs");
if (document.getElementById("run-cases")) import("./trust.mjs");

const drawer = /** @type {HTMLInputElement | null} */ (document.getElementById("__drawer"));
const label = /** @type {HTMLElement | null} */ (document.querySelector('label.md-header__button[for="__drawer"]'));
if (drawer && label) mendMenu(drawer, label);

/** @param {HTMLInputElement} drawer @param {HTMLElement} label */
function mendMenu(drawer, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `${label.className} drawer-button`;
  const name = document.querySelector(".md-nav--primary")?.getAttribute("aria-label") ?? label.title;
  button.setAttribute("aria-label", name);
  button.append(...[...label.childNodes].map((node) => node.cloneNode(true)));
  label.before(button);
  label.classList.add("label-off");
  const tell = () => button.setAttribute("aria-expanded", String(drawer.checked));
  const toggle = () => {
    drawer.click();
    tell();
  };
  tell();
  drawer.addEventListener("change", tell);
  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawer.checked) return;
    toggle();
    button.focus();
  });
}

// Wide tables scroll sideways inside their own box, which the keyboard must reach.
const measured = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
  }
});
for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .table-scroll")) measured.observe(box);
