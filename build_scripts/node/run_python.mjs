// Starts Pyodide under Node with wheels unpacked and a work folder mounted at /work, and runs a Python script in it:
//   node run_python.mjs RUNTIME_FOLDER WORK_FOLDER SCRIPT WHEEL...
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, work, script, ...wheels] = process.argv.slice(2).map((path) => resolve(path));

/** @type {typeof import("pyodide")} */
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: runtime,
  // Without these the archives and the bytecode would hold the time of the build.
  env: { SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH ?? "315532800", PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1", HOME: "/home" },
});
for (const wheel of wheels) {
  python.unpackArchive(new Uint8Array(await readFile(wheel)), "wheel");
}
python.FS.mkdirTree("/work");
python.mountNodeFS("/work", work);
python.runPython(await readFile(script, "utf-8"));
