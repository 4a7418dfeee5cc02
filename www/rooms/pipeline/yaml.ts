// A configuration's file to a tree. The YAML library comes only when it is needed.

import type { Problem } from "../../protocol";

/** A configuration is some kilobytes; a file over this is a mistake. */
const MOST_BYTES = 1_000_000;

export type Parsed = { ok: true; tree: unknown } | { ok: false; problems: Problem[] };

/** Reads a configuration's file. What the tree means is for the engine to judge. */
export async function readConfiguration(file: File): Promise<Parsed> {
  if (file.size > MOST_BYTES) {
    return refusal("", `The file has ${Math.round(file.size / 1e6)} MB. A configuration has at most 1 MB: is this the right file?`);
  }
  const text = await file.text();
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error): Problem => {
        const line = error.linePos?.[0];
        return {
          path: line === undefined ? "" : `line ${line.line}, column ${line.col}`,
          // The library repeats the position and quotes the line below the first line.
          message: (error.message.split("\n", 1)[0] ?? "").replace(/ at line \d+, column \d+:?$/u, ""),
        };
      }),
    };
  }
  const tree: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    return refusal("", "This is no configuration: it needs General, StateMachine and ModeConfig at the top level.");
  }
  return { ok: true, tree };
}

function refusal(path: string, message: string): Parsed {
  return { ok: false, problems: [{ path, message }] };
}
