// The engine in a worker: Pyodide, and one Python function. It knows no law, no wording and no page.
//   in:  {id, request}
//   out: {id, reply} | {id, error, kind} | {progress: {step, loaded, total}}
// Before the engine is ready a failure has the id null. `kind` is "wasm" (refused or missing), "load" (a file), or
// "python" (the engine raised).

/** @typedef {{pyodide: string, lock: string, package: string, files: Record<string, {bytes: number}>}} Manifest */
/** @typedef {{id: number, request: unknown}} Question */

const MANIFEST = new URL("runtime.json", import.meta.url);
// The smallest module there is: magic number and version.
const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

class StartError extends Error {
  /** @param {"wasm" | "load"} kind @param {unknown} cause */
  constructor(kind, cause) {
    super(String(cause));
    this.kind = kind;
  }
}

let loaded = 0;
let total = 0;

/** @param {string} step */
function progress(step) {
  self.postMessage({ progress: { step, loaded, total } });
}

/** A page without WebAssembly would wait for ever: the loader of Pyodide never settles when it is refused. */
async function probe() {
  try {
    await WebAssembly.instantiate(PROBE);
  } catch (cause) {
    throw new StartError("wasm", cause);
  }
}

/** Counts what arrives, so that the page can tell a slow line from a dead one. */
function countDownloads() {
  const original = self.fetch.bind(self);
  self.fetch = async (input, init) => {
    const response = await original(input, init);
    // The loader of Pyodide waits for ever for a file that is not there.
    if (!response.ok) fail(new StartError("load", `${response.status} ${response.url}`));
    if (!response.body || !response.ok) return response;
    const counted = response.body.pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          loaded += chunk.byteLength;
          progress("download");
          controller.enqueue(chunk);
        },
      }),
    );
    return new Response(counted, { status: response.status, headers: response.headers });
  };
}

/** @returns {Promise<(request: string) => string>} the door of the engine */
async function start() {
  await probe();
  progress("probe");
  try {
    const response = await fetch(MANIFEST);
    if (!response.ok) throw new Error(`${response.status} ${MANIFEST.pathname}`);
    /** @type {Manifest} */
    const manifest = await response.json();
    total = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
    countDownloads();
    const folder = new URL(manifest.pyodide, MANIFEST);
    const { loadPyodide } = await import(new URL("pyodide.mjs", folder).href);
    progress("loader");
    const python = await loadPyodide({
      indexURL: folder.href,
      lockFileURL: new URL(manifest.lock, MANIFEST).href,
      packages: [manifest.package],
    });
    progress("python");
    const { handle } = python.pyimport("decision_tree.browser");
    progress("ready");
    return handle;
  } catch (cause) {
    throw new StartError("load", cause);
  }
}

/** @param {StartError} cause the engine will not start: the page must not wait for it */
function fail(cause) {
  self.postMessage({ id: null, error: String(cause), kind: cause.kind });
}

const ready = start();
ready.catch(fail);

self.addEventListener("message", async (/** @type {MessageEvent<Question>} */ { data: { id, request } }) => {
  try {
    const handle = await ready;
    self.postMessage({ id, reply: JSON.parse(handle(JSON.stringify(request))) });
  } catch (cause) {
    const kind = cause instanceof StartError ? cause.kind : "python";
    self.postMessage({ id, error: String(cause), kind });
  }
});
