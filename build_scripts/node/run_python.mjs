// Starts Pyodide under Node with wheels unpacked and a work folder mounted at /work, and runs Python scripts in it:
//   node run_python.mjs RUNTIME_FOLDER LIBRARY.zip WORK_FOLDER (SCRIPT.py | WHEEL.whl)...
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, library, work, ...files] = process.argv.slice(2).map((path) => resolve(path));

/** @type {typeof import("pyodide")} */
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: runtime,
  stdLibURL: library,
  // Without these the archives and the bytecode would hold the time of the build.
  env: { SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH ?? "315532800", PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1", HOME: "/home" },
});
for (const wheel of files.filter((file) => file.endsWith(".whl"))) {
  python.unpackArchive(new Uint8Array(await readFile(wheel)), "wheel");
}
python.FS.mkdirTree("/work");
python.mountNodeFS("/work", work);
for (const script of files.filter((file) => file.endsWith(".py"))) {
  python.runPython(await readFile(script, "utf-8"), { globals: python.toPy({ __name__: "__main__" }) });
}
