// Write the playground's WebAssembly, lrlab/explorers/playground/kernel_bytes.js, from playground_kernel.wat beside this.
//
//     npm ci && node tools/build_kernel.mjs
//
// With --check it writes nothing, and fails if the file would change.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const SOURCE = new URL("playground_kernel.wat", import.meta.url);
const FILE = new URL("../lrlab/explorers/playground/kernel_bytes.js", import.meta.url);

const { parseWat } = await wabt();
const source = readFileSync(SOURCE, "utf8");
const { buffer } = parseWat("playground_kernel.wat", source, { simd: true }).toBinary({});
const text = `// Made by tools/build_kernel.mjs of tools/playground_kernel.wat: WebAssembly in base64.
// SHA-256 of the source: ${createHash("sha256").update(source).digest("hex")}

export const KERNEL =
  "${Buffer.from(buffer).toString("base64")}";
`;
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("kernel_bytes.js is not what playground_kernel.wat makes: run node tools/build_kernel.mjs");
  process.exitCode = 1;
}
