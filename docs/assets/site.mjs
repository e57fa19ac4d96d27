// Mends of the theme, on every page. The menu opener is a label, which takes no focus: a button stands in for it.
if (document.getElementById("check")) import("./check.mjs");
if (document.getElementById("run-cases")) import("./trust.mjs");
if (document.querySelector("a.term")) import("./terms.mjs");
if (document.getElementById("search-form")) import("./search.mjs");

const field = /** @type {HTMLFormElement | null} */ (document.querySelector("form.site-search"));
if (field) offerSearch(field);

const overdue = /** @type {HTMLElement | null} */ (document.querySelector(".overdue"));
if (overdue) warnIfOverdue(overdue);

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

// The theme's own script stays out: of what it did, these two are missed. Enter presses a label that has the focus, and
// a link within the page closes the menu that it stands in.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target instanceof HTMLLabelElement) event.target.click();
});
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest(".md-sidebar a[href^='#']");
  if (link && drawer?.checked) drawer.click();
});

// Wide tables scroll sideways inside their own box, which the keyboard must reach.
const measured = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
  }
});
for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .table-scroll")) measured.observe(box);

/**
 * The field in the header stands in for the link to the search page, and leads there with what was typed in the fragment,
 * which no server sees.
 *
 * @param {HTMLFormElement} field
 */
function offerSearch(field) {
  const link = /** @type {HTMLAnchorElement} */ (field.nextElementSibling);
  field.hidden = false;
  link.classList.add("search-link-narrow");
  field.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = new FormData(field).get("q");
    location.assign(`${link.href}#q=${encodeURIComponent(String(typed).trim())}`);
  });
}

/**
 * A build has no clock, so the page says itself that its comparison with the sources is overdue.
 *
 * @param {HTMLElement} warning
 */
function warnIfOverdue(warning) {
  const lastDay = new Date(`${warning.dataset.due}T23:59:59`);
  if (new Date() <= lastDay) return;
  warning.hidden = false;
  document.querySelector("article")?.prepend(warning);
}
