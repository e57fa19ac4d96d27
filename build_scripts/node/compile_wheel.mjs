// Starts Pyodide under Node with the pinned tools unpacked, and runs compile_wheel.py on a work folder:
//   node compile_wheel.mjs RUNTIME_FOLDER WORK_FOLDER TOOL_WHEEL...
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [runtime, work, ...tools] = process.argv.slice(2).map((path) => resolve(path));

/** @type {typeof import("pyodide")} */
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: runtime,
  // Without these the archives and the bytecode would hold the time of the build.
  env: { SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH ?? "315532800", PYTHONHASHSEED: "0", HOME: "/home" },
});
for (const tool of tools) {
  python.unpackArchive(new Uint8Array(await readFile(tool)), "wheel");
}
python.FS.mkdirTree("/wheel");
python.mountNodeFS("/wheel", work);
python.runPython(await readFile(fileURLToPath(new URL("compile_wheel.py", import.meta.url)), "utf-8"));
