// The page's side of the worker: it starts it, asks it, watches it, and says plainly when it fails.

const MANIFEST = new URL("runtime.json", import.meta.url);
const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/** Without any sign of life for so long, the engine counts as dead. WebAssembly refused by policy hangs silently. */
const PATIENCE = 45_000;
/** A shared worker that has not said a word for so long is left alone, and one of this page's own does the work. */
const GREETING = 5_000;

const NO_ADDRESS = "http://[";

/** @typedef {"wasm" | "load" | "timeout" | "crash"} Failure */
/** @typedef {{step: string, loaded: number, total: number}} Progress */
/** @typedef {{request: unknown, resolve: (reply: any) => void, reject: (error: EngineError) => void}} Waiting */
/** @typedef {{post: (message: object) => void, end: () => void}} Line to a worker */

export class EngineError extends Error {
  /** @param {Failure} kind @param {string} detail */
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

export class Engine {
  /** @type {Line | null} */ #line = null;
  /** @type {EngineError | null} */ #failure = null;
  /** @type {Map<number, Waiting>} */ #waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #watchdog;
  #last = 0;
  #ready = false;
  #started = false;
  /** Counts the starts: what an earlier one brings comes too late. */
  #turn = 0;
  #share = outlives();

  /**
   * @param {(progress: Progress) => void} onProgress
   * @param {(failure: EngineError) => void} onFailure told once a start, also when nobody waits
   */
  constructor(onProgress, onFailure) {
    this.onProgress = onProgress;
    this.onFailure = onFailure;
  }

  /** Whether the next answer comes at once. */
  get ready() {
    return this.#ready;
  }

  /** Starts the worker; again after a failure, never twice. */
  start() {
    if (this.#started) return;
    this.#started = true;
    this.#failure = null;
    this.#ready = false;
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
      this.#fail(new EngineError("wasm", "no WebAssembly or no Worker"));
      return;
    }
    const turn = ++this.#turn;
    const failed = (/** @type {Failure} */ kind) => (/** @type {unknown} */ cause) => {
      if (turn === this.#turn) this.#fail(new EngineError(kind, String(cause)));
    };
    WebAssembly.instantiate(PROBE).catch(failed("wasm"));
    this.#watch();
    fetch(MANIFEST, { cache: "no-cache" })
      .then((response) => {
        if (!response.ok) throw new Error(`${response.status} ${MANIFEST.pathname}`);
        return response.json();
      })
      .then((manifest) => {
        if (turn === this.#turn) this.#connect(manifest);
      })
      .catch(failed("load"));
  }

  /**
   * Asks the engine, starting it if need be. Requests made before it is ready wait in line.
   * @param {unknown} request
   * @returns {Promise<any>}
   */
  ask(request) {
    this.start();
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const id = ++this.#last;
      this.#waiting.set(id, { request, resolve, reject });
      this.#watch();
      this.#line?.post({ id, request });
    });
  }

  /** Ends the worker; nobody may be waiting. */
  stop() {
    clearTimeout(this.#watchdog);
    this.#turn += 1;
    this.#line?.end();
    this.#line = null;
    this.#ready = false;
    this.#started = false;
  }

  /** @param {{id: string}} manifest */
  #connect(manifest) {
    // The id is in the address: pages of another build do not meet in one shared worker.
    const address = new URL(`engine-worker.mjs?${manifest.id}`, import.meta.url);
    const turn = this.#turn;
    let greeted = false;
    const hear = (/** @type {MessageEvent} */ event) => {
      greeted = true;
      if (turn === this.#turn) this.#hear(event.data);
    };
    const failed = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (turn !== this.#turn) return;
      const detail = event instanceof ErrorEvent ? event.message : "";
      this.#fail(new EngineError(this.#ready ? "crash" : "load", detail || "the worker failed"));
    };
    const unreadable = () => {
      if (turn === this.#turn) this.#fail(new EngineError("crash", "an unreadable message"));
    };
    if (this.#share) {
      // As it is written in the standard; the types of TypeScript do not have it yet.
      const options = /** @type {WorkerOptions} */ ({ type: "module", extendedLifetime: true });
      const { port } = new SharedWorker(address, options);
      port.addEventListener("message", hear);
      port.addEventListener("messageerror", unreadable);
      port.start();
      this.#line = { post: (message) => port.postMessage(message), end: () => port.close() };
      setTimeout(() => {
        if (greeted || turn !== this.#turn) return;
        this.#share = false;
        this.#turn += 1;
        port.close();
        this.#connect(manifest);
      }, GREETING);
    } else {
      const worker = new Worker(address, { type: "module" });
      worker.addEventListener("message", hear);
      worker.addEventListener("error", failed);
      worker.addEventListener("messageerror", unreadable);
      this.#line = { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
    }
    this.#line.post({ manifest, language: document.documentElement.lang });
    for (const [id, { request }] of this.#waiting) this.#line.post({ id, request });
  }

  /** @param {any} message */
  #hear(message) {
    if (message.progress) {
      if (message.progress.step === "ready") this.#ready = true;
      this.onProgress(message.progress);
    } else if (message.id === null) {
      this.#fail(new EngineError(message.kind, message.error));
      return;
    } else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ("reply" in message) waiting?.resolve(message.reply);
      else waiting?.reject(new EngineError(message.kind === "python" ? "crash" : message.kind, message.error));
    }
    this.#watch();
  }

  /** Every sign of life sets the clock back; with nothing to wait for it stands still. */
  #watch() {
    clearTimeout(this.#watchdog);
    if (this.#ready && this.#waiting.size === 0) return;
    this.#watchdog = setTimeout(() => this.#fail(new EngineError("timeout", "no progress")), PATIENCE);
  }

  /** @param {EngineError} failure */
  #fail(failure) {
    if (this.#failure) return;
    this.#failure = failure;
    this.stop();
    // Whatever was wrong with a worker that other pages use too, the next start does not depend on it.
    this.#share = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(failure);
    this.onFailure(failure);
  }
}

/** Whether a shared worker outlives the way from one page to the next here. Elsewhere each page has its own worker. */
function outlives() {
  let known = false;
  const options = {
    get extendedLifetime() {
      known = true;
      return true;
    },
  };
  try {
    // What is asked for is read before the address is found to be none: no worker is started.
    new SharedWorker(NO_ADDRESS, /** @type {WorkerOptions} */ (options));
  } catch {
    // Always: the address is none.
  }
  return known;
}
