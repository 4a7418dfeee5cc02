// Compresses every file of the folders named, leaves the brotli twin beside it (`x.js.br`) and
// prints [{ file, raw, gzip, brotli }] as JSON. Usage: node compress.mjs FOLDER...
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** As a static host that compresses once would: the smallest there is. */
function brotli(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

const rows = [];
for (const folder of process.argv.slice(2)) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of files) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (path.endsWith(".br")) {
      rmSync(path);
      continue;
    }
    const raw = readFileSync(path);
    const small = brotli(raw);
    writeFileSync(`${path}.br`, small);
    const file = relative(folder, path).replaceAll("\\", "/");
    rows.push({ folder, file, raw: raw.length, gzip: gzipSync(raw, { level: 9 }).length, brotli: small.length });
  }
}
console.log(JSON.stringify(rows));
