// The engine in a worker: Pyodide, and one Python function. It knows no law, no wording and no page. A shared worker
// serves every open page of the site, and where the browser lets it, it outlives the way from one page to the next.
//   in:  {manifest, language} first, then {id, request}
//   out: {id, reply} | {id, error, kind} | {progress: {step, loaded, total}}
// Before the engine is ready a failure has the id null. `kind` is "wasm" (refused or missing), "load" (a file), or
// "python" (the engine raised). Nothing of a request is kept: answers end with the tab that holds them.

/** @typedef {{bytes: number, gzip: number, br: number, sha256: string}} File */
/** @typedef {{packages: Record<string, {file_name: string, sha256: string}>}} Lock */
/** @typedef {{wasm: string, library: string, folder: string, lock: Lock}} Packages */
/**
 * @typedef {{id: string, pyodide: string, package: string, lean: Packages, whole: Packages,
 *   files: Record<string, File>, rest: Record<string, File>}} Manifest what the build wrote; its addresses are relative
 *   to this file
 */
/** @typedef {{postMessage: (message: object) => void}} Page whoever is to be told */
/** @typedef {{handle: (request: string) => string, rehearse: () => void, way: Way}} Engine */
/**
 * How Python starts: from its own memory as it was kept at an earlier visit; from the modules that the engine imports,
 * on a runtime of the functions that run then; from everything there is. What is missing or damaged in one way is not
 * so in the next.
 * @typedef {"kept" | "lean" | "whole"} Way
 */

// The smallest module there is: magic number and version.
const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const EMPTY_ZIP = new Uint8Array([80, 75, 5, 6, ...new Array(18).fill(0)]);
/** The cache of kept memories has the engine's id in its name; other sites of the host have caches too. */
const CACHE = "fefta-55-8-engine-";
/** A page that does nothing for so long reads: there is time to keep the memory. */
const QUIET = 700;
const REPORT = 100;
/** What begins to arrive sooner comes over a fast line: no need to count it bit by bit, which is work. */
const PROMPT = 30;
// Nothing here switches stacks; without this all browsers start Python in the same way.
Reflect.deleteProperty(WebAssembly, "Suspending");
/** Where Python finds the engine. */
const WHEEL = "/engine.whl";
/** Memory is kept by pages of WebAssembly's size. */
const PAGE = 65_536;

class StartError extends Error {
  /** @param {"wasm" | "load"} kind @param {unknown} cause */
  constructor(kind, cause) {
    super(String(cause));
    this.kind = kind;
  }
}

/** @type {Set<Page>} pages that wait for the start */
const pages = new Set();
/** @type {Manifest} */
let manifest;
/** @type {string} of the page that began */
let language;
/** @type {Promise<Engine> | null} */
let engine = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting;
/** @type {Promise<Engine> | null} the one whose tables are built */
let rested = null;
/** @type {(() => Uint8Array<ArrayBuffer>) | null} copies the memory while no answer has reached it */
let copy = null;
let latest = { step: "probe", loaded: 0, total: 0 };
let reported = 0;
/** Whether a person may wait for what arrives, so that it is counted bit by bit. */
let slow = false;

/** @param {object} message */
function tell(message) {
  for (const page of pages) page.postMessage(message);
}

/** @param {string} step */
function progress(step) {
  latest = { ...latest, step };
  tell({ progress: latest });
}

/** @param {StartError} cause the engine will not start: the pages must not wait for it */
function fail(cause) {
  tell({ id: null, error: String(cause), kind: cause.kind });
}

/** A page without WebAssembly would wait for ever: the loader of Pyodide never settles when it is refused. */
async function probe() {
  try {
    await WebAssembly.instantiate(PROBE);
  } catch (cause) {
    throw new StartError("wasm", cause);
  }
}

/** @param {string} place in the manifest */
const address = (place) => new URL(place, import.meta.url).href;

/** @type {Map<string, Promise<Response>>} files that were asked for before Pyodide's loader asks for them */
const early = new Map();
const original = self.fetch.bind(self);

/** The loader gets what is on its way already. @type {typeof fetch} */
self.fetch = (input, init) => {
  const url = input instanceof Request ? input.url : new URL(input, import.meta.url).href;
  const response = early.get(url) ?? original(input, init);
  early.delete(url);
  response.then(checked, () => {});
  return response;
};

/** The loader of Pyodide waits for ever for a file that is not there. @param {Response} response */
function checked(response) {
  if (!response.ok) fail(new StartError("load", `${response.status} ${response.url}`));
  return response.ok;
}

/**
 * Asks for a file now, which the loader asks for later.
 * @param {string} place
 */
function begin(place) {
  const integrity = `sha256-${base64(fileAt(place).sha256)}`;
  const response = original(address(place), { integrity }).then((found) => {
    if (checked(found) && slow) count(place, found.clone());
    return found;
  });
  response.catch((cause) => fail(new StartError("load", cause)));
  early.set(address(place), response);
}

/**
 * Compiles the runtime while it arrives and everything else is still on its way; the loader then finds it done. The
 * response is handed over as it came: for any other the browser keeps no code that it has compiled. Its hash is left to
 * the address: a browser that compares it cannot compile what has arrived so far.
 * @param {string} place @param {Promise<boolean>} first whether nothing is here yet
 */
function compile(place, first) {
  const asked = performance.now();
  slow = false;
  const response = original(address(place)).then(async (found) => {
    const waited = performance.now() - asked;
    if (!checked(found) || !(await first)) return found;
    slow = waited > PROMPT;
    if (slow) count(place, found.clone());
    return found;
  });
  const compiled = WebAssembly.compileStreaming(response);
  const arrived = () => {
    if (!slow) latest = { ...latest, loaded: fileAt(place).br };
  };
  compiled.then(arrived, (cause) => fail(new StartError("load", cause)));
  early.set(address(place), response.then(() => new Response()));
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await compiled;
    // Pyodide would make a module of its own of each function of WebGL, for a table. Nothing here draws.
    for (const { module: group, name } of WebAssembly.Module.imports(module)) {
      if (group === "GOT.func" && name.startsWith("emscripten_gl")) /** @type {any} */ (imports)[group][name].value = 0;
    }
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
}

/** @param {string} place */
function fileAt(place) {
  return manifest.files[place] ?? manifest.rest[place];
}

/** The files that are asked for with `fetch`, and so can be counted. @param {Way} way */
function fetched(way) {
  const places = Object.keys(way === "whole" ? manifest.rest : manifest.files);
  return places.filter((place) => !place.endsWith(".mjs"));
}

/**
 * Counts what arrives: the page can tell a slow line from a dead one.
 * @param {string} place @param {Response} response
 */
async function count(place, { headers, body }) {
  const file = fileAt(place);
  // As many bytes as are sent, not as many as they become.
  const encoding = headers.get("Content-Encoding");
  const size = encoding === "br" ? file.br : encoding === "gzip" ? file.gzip : file.bytes;
  latest = { ...latest, total: latest.total + size - file.br };
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      latest = { ...latest, loaded: latest.loaded + (part.value.byteLength * size) / file.bytes };
      const now = performance.now();
      if (now - reported > REPORT) progress("download");
      if (now - reported > REPORT) reported = now;
    }
  } catch {
    // Whoever reads the file itself hears of it.
  }
}

/** @param {string} hex */
function base64(hex) {
  return btoa(hex.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
}

/** @param {Way} way @returns {Promise<Engine>} */
async function start(way) {
  const folder = manifest.pyodide;
  latest = { step: "probe", loaded: 0, total: 0 };
  early.clear();
  await probe();
  progress("probe");
  try {
    const packages = way === "whole" ? manifest.whole : manifest.lean;
    // All at once and side by side: the loader by itself would ask for one after the other.
    const loader = import(address(`${folder}pyodide.mjs`));
    const runtime = import(address(`${folder}pyodide.asm.mjs`));
    runtime.catch(() => {});
    const looked = way === "kept" ? look() : Promise.resolve(null);
    compile(
      packages.wasm,
      looked.then((memory) => !memory),
    );
    const found = await looked;
    if (way === "kept" && !found) way = "lean";
    if (found) {
      early.set(address(packages.library), Promise.resolve(new Response(EMPTY_ZIP)));
    } else {
      const places = fetched(way);
      latest = { ...latest, total: places.reduce((sum, place) => sum + fileAt(place).br, 0) };
      for (const place of places) if (place !== packages.wasm) begin(place);
    }
    progress("download");
    const memory = found && (await read(found));
    const { loadPyodide } = await loader;
    const { default: create } = await runtime;
    progress("loader");
    const keeping = way === "lean" && "caches" in self && Boolean(self.crypto?.subtle);
    const python = await loadPyodide({
      indexURL: new URL(".", address(packages.wasm)).href,
      stdLibURL: address(packages.library),
      packageBaseUrl: address(packages.folder),
      lockFileContents: packages.lock,
      env: { PYTHONHASHSEED: "0" },
      _makeSnapshot: keeping,
      createPyodideModule: memory ? refilled(create, memory) : create,
      ...(memory ? { _loadSnapshot: memory.head } : {}),
    });
    latest = { ...latest, loaded: latest.total };
    progress("python");
    if (way === "lean") {
      // As it is: a module of the library, `sitecustomize.py`, takes the engine's modules from it.
      python.FS.writeFile(WHEEL, new Uint8Array(await wheel(packages)));
      python.pyimport("sitecustomize").add(WHEEL);
    } else if (way === "whole") {
      python.unpackArchive(await wheel(packages), "wheel");
    }
    const { handle, prepare, rehearse } = python.pyimport("decision_tree.browser");
    if (!memory) prepare(language);
    if (keeping) copy = () => packed(python);
    progress("ready");
    pages.clear();
    return { handle, rehearse, way };
  } catch (cause) {
    if (way === "kept") return forget().then(() => start("lean"));
    if (way === "lean" && missing(cause)) return start("whole");
    throw cause instanceof StartError ? cause : new StartError("load", cause);
  }
}

/** @param {Packages} packages @returns {Promise<ArrayBuffer>} the engine's wheel, if it is the one that the lock names */
async function wheel({ folder, lock }) {
  const { file_name: name, sha256 } = lock.packages[manifest.package];
  const response = await fetch(address(folder + name), { integrity: `sha256-${base64(sha256)}` });
  return response.arrayBuffer();
}

/** @param {any} cause @returns {boolean} whether Python looked for a module, or called a function, that is not there */
function missing(cause) {
  return stopped(cause) || cause?.type === "ModuleNotFoundError" || cause?.type === "ImportError";
}

/** @param {any} cause @returns {boolean} whether the runtime itself has ended, for good */
function stopped(cause) {
  return cause instanceof WebAssembly.RuntimeError || Boolean(cause?.pyodide_fatal_error);
}

/** The engine's answer; what the modules at hand cannot do is done once more with all of them. @param {unknown} request */
async function answer(request) {
  const asked = JSON.stringify(request);
  for (;;) {
    const running = engine;
    if (!running) throw new StartError("load", "the engine was not started");
    const { handle, way } = await running;
    // Nothing is asked of one that has ended meanwhile.
    if (running !== engine) continue;
    // From here on the memory would hold an answer.
    take();
    rest(running);
    try {
      return JSON.parse(handle(asked));
    } catch (cause) {
      replace(running, way, cause);
      if (!missing(cause) || way === "whole") throw cause;
    }
  }
}

/**
 * Puts another engine in the place of one that lacks something, or that has ended: from then on it could say anything.
 * @param {Promise<Engine>} running @param {Way} way @param {unknown} cause
 */
function replace(running, way, cause) {
  const ended = stopped(cause);
  if (engine !== running || !(ended || (missing(cause) && way !== "whole"))) return;
  if (ended) copy = null;
  // A kept memory knows no other modules, and has the functions of the lean runtime.
  engine = start(way === "kept" && !ended ? "lean" : "whole");
  // Whoever asks hears of it.
  engine.catch(() => {});
}

/** Takes a copy of the memory for the next visit, if it is still wanted. */
function take() {
  const copied = copy;
  copy = null;
  if (copied) keep(copied);
}

/**
 * Builds what pages to come need, and takes the memory with it, as soon as nobody has asked anything for a while.
 * @param {Promise<Engine>} running
 */
async function rest(running) {
  const { rehearse, way } = await running;
  clearTimeout(resting);
  if (rested === running) return;
  resting = setTimeout(() => {
    if (running !== engine) return;
    rested = running;
    try {
      rehearse();
    } catch (cause) {
      // Whoever asks for such a page hears of it.
      console.debug(cause);
      if (stopped(cause)) replace(running, way, cause);
    }
    take();
  }, QUIET);
}

/**
 * Python's memory without its empty pages: a third to a half of it, so much less to hash, to store and to read.
 * The lengths of the loader's own head and of the list, the numbers of the pages, the head, the pages.
 * @param {any} python
 */
function packed(python) {
  const /** @type {Uint8Array} */ heap = python._module.HEAPU8;
  const head = headOf(python);
  const page = (/** @type {number} */ number) => heap.subarray(number * PAGE, (number + 1) * PAGE);
  const numbers = Array.from({ length: heap.length / PAGE }, (_, number) => number);
  const full = numbers.filter((number) => !empty(page(number)));
  const list = Uint32Array.of(head.length, full.length, ...full);
  const first = list.byteLength + head.length;
  const content = new Uint8Array(first + full.length * PAGE);
  content.set(new Uint8Array(list.buffer));
  content.set(head, list.byteLength);
  full.forEach((number, index) => content.set(page(number), first + index * PAGE));
  return content;
}

/**
 * What the loader writes before a copy of the whole memory, and reads again. It is given none to copy.
 * @param {any} python @returns {Uint8Array}
 */
function headOf(python) {
  const { HEAP8: whole } = python._module;
  python._module.HEAP8 = new Int8Array();
  try {
    return python.makeMemorySnapshot();
  } finally {
    python._module.HEAP8 = whole;
  }
}

/**
 * @typedef {{content: Uint8Array<ArrayBuffer>, head: Uint8Array, pages: Map<number, Uint8Array>,
 *   unharmed: Promise<void>}} Memory
 * @param {Response} found what `packed` gave @returns {Promise<Memory>} to be used once it is found unharmed
 */
async function read(found) {
  const content = new Uint8Array(await found.arrayBuffer());
  const unharmed = sha256(content).then((hash) => {
    if (hash !== found.headers.get("X-SHA-256")) throw new Error("a damaged memory");
  });
  unharmed.catch(() => {});
  const [start, count] = new Uint32Array(content.buffer, 0, 2);
  const list = new Uint32Array(content.buffer, 8, count);
  const first = list.byteOffset + list.byteLength;
  const at = (/** @type {number} */ index) => first + start + index * PAGE;
  const pages = Array.from(list, (number, index) => [number, content.subarray(at(index), at(index + 1))]);
  const head = content.slice(first, first + start);
  return { content, head, pages: new Map(/** @type {any} */ (pages)), unharmed };
}

/**
 * Makes the loader's module and puts the memory into it page by page: the loader itself would want all of it once
 * more beside, and touch every page. It restores the rest from the head.
 * @param {(settings: any) => Promise<any>} create @param {Memory} memory
 */
function refilled(create, { content, pages, unharmed }) {
  return async (/** @type {any} */ settings) => {
    const module = await create(settings);
    await unharmed;
    const /** @type {Uint8Array} */ heap = module.HEAPU8;
    for (let number = 0; number * PAGE < heap.length; number++) {
      const kept = pages.get(number);
      const page = heap.subarray(number * PAGE, (number + 1) * PAGE);
      if (kept) page.set(kept);
      else if (!empty(page)) page.fill(0);
      pages.delete(number);
    }
    if (pages.size) throw new Error("a memory larger than this one");
    release(content);
    return module;
  };
}

/** Gives megabytes back at once, and not when the browser next looks for garbage. @param {Uint8Array} bytes */
function release(bytes) {
  // Newer than the types of TypeScript and than some browsers.
  /** @type {any} */ (bytes.buffer).transfer?.(0);
}

/** @param {Uint8Array} page whose place is a multiple of four */
function empty(page) {
  const words = new Uint32Array(page.buffer, page.byteOffset, page.byteLength >> 2);
  for (let index = 0; index < words.length; index++) if (words[index]) return false;
  return true;
}

/** @returns {Promise<Response | null>} the memory of this engine as an earlier visit kept it */
async function look() {
  try {
    return (await caches.match(address(manifest.pyodide), { cacheName: CACHE + manifest.id })) ?? null;
  } catch {
    return null;
  }
}

/** Keeps a memory into which no answer has come, for the next visit. @param {() => Uint8Array<ArrayBuffer>} copied */
async function keep(copied) {
  try {
    const memory = copied();
    // Not while the pages are being answered: hashing and storing are work for both cores.
    await new Promise((done) => setTimeout(done, QUIET));
    const headers = { "X-SHA-256": await sha256(memory) };
    await forget();
    const cache = await caches.open(CACHE + manifest.id);
    await cache.put(address(manifest.pyodide), new Response(memory, { headers }));
    release(memory);
  } catch (cause) {
    // No room, or none allowed: the next visit starts as this one did.
    console.debug(cause);
    await forget();
  }
}

/** Removes what was kept, of this engine and of earlier ones. */
async function forget() {
  try {
    for (const name of await caches.keys()) if (name.startsWith(CACHE)) await caches.delete(name);
  } catch {
    // Where there is no cache there is nothing to remove.
  }
}

/** @param {BufferSource} content @returns {Promise<string>} */
async function sha256(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<Engine>} */
function begun() {
  const running = start("kept");
  rest(running).catch((cause) => {
    fail(cause);
    pages.clear();
    engine = null;
  });
  return running;
}

/** @param {Page & EventTarget} page */
function serve(page) {
  page.addEventListener("message", async (event) => {
    const { data } = /** @type {MessageEvent<any>} */ (event);
    if (data.manifest) {
      pages.add(page);
      page.postMessage({ progress: latest });
      ({ manifest, language } = data);
      engine ??= begun();
      return;
    }
    const { id, request } = data;
    try {
      page.postMessage({ id, reply: await answer(request) });
    } catch (cause) {
      const kind = cause instanceof StartError ? cause.kind : "python";
      page.postMessage({ id, error: String(cause), kind });
    }
  });
}

if ("onconnect" in self) {
  self.addEventListener("connect", (event) => {
    const port = /** @type {MessageEvent} */ (event).ports[0];
    serve(port);
    port.start();
  });
} else {
  serve(self);
}
