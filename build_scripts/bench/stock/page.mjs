// The shortest way from an address with a record to its verdict: a worker, one request, its reply on the page.
const worker = new Worker("/worker.mjs", { type: "module" });
const link = new URLSearchParams(location.hash.slice(1)).get("record");
worker.addEventListener("message", ({ data }) => {
  const root = /** @type {HTMLElement} */ (document.getElementById("check"));
  root.innerHTML = data.html;
  root.dataset.view = data.view;
});
worker.postMessage({ language: document.documentElement.lang, open: { link } });
