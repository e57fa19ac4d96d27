// Pyodide as its documentation starts it, from the files of its npm package, and the engine's wheel on its way meanwhile.
const RUNTIME = "/assets/pyodide/0000000000000000/";
const WHEEL = "/assets/engine/0000000000000000/engine.whl";

const request = new Promise((resolve) => {
  self.addEventListener("message", ({ data }) => resolve(data));
});
const started = import(`${RUNTIME}pyodide.mjs`).then(({ loadPyodide }) => loadPyodide());
const fetched = fetch(WHEEL).then((response) => response.arrayBuffer());
const [python, wheel] = await Promise.all([started, fetched]);
python.unpackArchive(wheel, "wheel");
const { handle } = python.pyimport("decision_tree.browser");
self.postMessage(JSON.parse(handle(JSON.stringify(await request))));
