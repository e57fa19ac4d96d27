// Starts Pyodide under Node as a page does, first from the engine's files and then from the memory that a visit keeps,
// answers requests, and writes a byte for each function of the runtime: 1 if it ran.
//   node note_functions.mjs RUNTIME_FOLDER COUNTED.wasm LIBRARY.zip EMPTY.zip WHEEL.whl LOCK.json COVERED < texts.json
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, counted, library, nothing, wheel, lock, covered] = process.argv.slice(2).map((path) => resolve(path));
const module = await WebAssembly.compile(await readFile(counted));
/** Of the requests one in so many is asked again. */
const SOME = 25;
const { instantiate } = WebAssembly;
/** @type {Uint8Array[]} */
const notes = [];
// As the worker does: pages never switch stacks.
Reflect.deleteProperty(WebAssembly, "Suspending");
// The loader reads the file that lies in the folder; small modules of its own it makes itself.
/** @type {any} */ (WebAssembly).instantiate = async (/** @type {any} */ source, /** @type {any} */ imports) => {
  if (!(source.byteLength > 1_000_000)) return instantiate(source, imports);
  const instance = await instantiate(module, imports);
  notes.push(new Uint8Array(/** @type {any} */ (instance.exports.covered).buffer));
  return { module, instance };
};
/** @type {typeof import("pyodide")} */
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
const settings = {
  indexURL: runtime,
  stdLibURL: library,
  lockFileContents: await readFile(lock, "utf-8"),
  env: { PYTHONHASHSEED: "0" },
};

let text = "";
for await (const part of process.stdin.setEncoding("utf-8")) text += part;
/** @type {string[]} */
const requests = JSON.parse(text);

/** @param {any} python @param {() => void} work */
function attempt(python, work) {
  try {
    work();
  } catch (cause) {
    // Python's own refusals are part of what is asked for; a broken runtime is not.
    if (!(cause instanceof python.ffi.PythonError)) throw cause;
  }
}

/** @param {any} python @param {string[]} asked */
function ask(python, asked) {
  const { handle } = python.pyimport("decision_tree.browser");
  for (const request of asked) attempt(python, () => handle(request));
}

const first = /** @type {any} */ (await loadPyodide({ ...settings, _makeSnapshot: true }));
first.FS.writeFile("/engine.whl", new Uint8Array(await readFile(wheel)));
first.pyimport("sitecustomize").add("/engine.whl");
const { prepare, rehearse } = first.pyimport("decision_tree.browser");
prepare("ja");
const memory = first.makeMemorySnapshot();
rehearse();
ask(first, requests);
// The files are not there any more: what was not imported by then is missing, and Python says so.
const second = /** @type {any} */ (await loadPyodide({ ...settings, stdLibURL: nothing, _loadSnapshot: memory }));
attempt(second, () => second.pyimport("decision_tree.browser").rehearse());
ask(second, requests.filter((_, index) => index % SOME === 0));

await writeFile(covered, Uint8Array.from(notes[0], (byte, index) => byte | notes[1][index]));
