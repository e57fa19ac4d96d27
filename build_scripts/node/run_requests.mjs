// Loads the built engine in Pyodide under Node, as the page does, and answers requests with it:
//   node run_requests.mjs ASSETS_FOLDER < requests.json > replies.json
// Both are JSON lists; a reply is what decision_tree.browser.handle returned for the request at its place.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const assets = resolve(process.argv[2] ?? "site/assets");
const manifest = JSON.parse(await readFile(join(assets, "runtime.json"), "utf-8"));

// The loader compares the wheel's hash in browsers only, so all files are compared here.
for (const [name, { sha256 }] of Object.entries(manifest.files)) {
  const found = createHash("sha256").update(await readFile(join(assets, name))).digest("hex");
  if (found !== sha256) throw new Error(`${name} is not the file in runtime.json: SHA-256 ${found}`);
}

const folder = join(assets, manifest.pyodide);
/** @type {typeof import("pyodide")} */
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const { default: createPyodideModule } = await import(pathToFileURL(join(folder, "pyodide.asm.mjs")).href);
const settings = {
  // The runtime cut to what the engine calls.
  indexURL: dirname(join(assets, manifest.lean.wasm)),
  createPyodideModule,
  stdLibURL: join(assets, manifest.lean.library),
  packageBaseUrl: join(assets, manifest.lean.folder),
  lockFileContents: manifest.lean.lock,
};
const python = await loadPyodide(settings);
const { file_name: wheel } = manifest.lean.lock.packages[manifest.package];
python.FS.writeFile("/engine.whl", new Uint8Array(await readFile(join(assets, manifest.lean.folder, wheel))));
python.pyimport("sitecustomize").add("/engine.whl");
const handle = python.pyimport("decision_tree.browser").handle;

let text = "";
for await (const part of process.stdin.setEncoding("utf-8")) text += part;
const replies = JSON.parse(text).map((/** @type {unknown} */ request) => JSON.parse(handle(JSON.stringify(request))));
process.stdout.write(JSON.stringify(replies) + "\n");
