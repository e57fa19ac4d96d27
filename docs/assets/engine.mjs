// The page's side of the worker: it starts it, asks it, watches it, and says plainly when it fails.

const WORKER = new URL("engine-worker.mjs", import.meta.url);
const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/** Without any sign of life for so long, the engine counts as dead. WebAssembly refused by policy hangs silently. */
const PATIENCE = 45_000;

/** @typedef {"wasm" | "load" | "timeout" | "crash"} Failure */
/** @typedef {{step: string, loaded: number, total: number}} Progress */
/** @typedef {{resolve: (reply: any) => void, reject: (error: EngineError) => void}} Waiting */

export class EngineError extends Error {
  /** @param {Failure} kind @param {string} detail */
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

export class Engine {
  /** @type {Worker | null} */ #worker = null;
  /** @type {EngineError | null} */ #failure = null;
  /** @type {Map<number, Waiting>} */ #waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #watchdog;
  #last = 0;
  #ready = false;

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
    if (this.#worker) return;
    this.#failure = null;
    this.#ready = false;
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
      this.#fail(new EngineError("wasm", "no WebAssembly or no Worker"));
      return;
    }
    WebAssembly.instantiate(PROBE).catch((cause) => this.#fail(new EngineError("wasm", String(cause))));
    try {
      this.#worker = new Worker(WORKER, { type: "module" });
    } catch (cause) {
      this.#fail(new EngineError("wasm", String(cause)));
      return;
    }
    this.#worker.addEventListener("message", (event) => this.#hear(event.data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(new EngineError(this.#ready ? "crash" : "load", event.message || "the worker failed"));
    });
    this.#worker.addEventListener("messageerror", () => this.#fail(new EngineError("crash", "an unreadable message")));
    this.#watch();
  }

  /**
   * Asks the engine, starting it if need be. Requests made before it is ready wait in line.
   * @param {unknown} request
   * @returns {Promise<any>}
   */
  ask(request) {
    this.start();
    return new Promise((resolve, reject) => {
      if (this.#failure || !this.#worker) {
        reject(this.#failure ?? new EngineError("crash", "no worker"));
        return;
      }
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject });
      this.#watch();
      this.#worker.postMessage({ id, request });
    });
  }

  /** Ends the worker; nobody may be waiting. */
  stop() {
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
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
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(failure);
    this.onFailure(failure);
  }
}
