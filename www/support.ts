// What a browser, a server or a page's policy can lack, and what a person is told about it.

/** Why the lab cannot start here. */
export type Obstacle =
  | { kind: "noWebAssembly" }
  | { kind: "noModuleWorkers" }
  | { kind: "noSimd" }
  | { kind: "noOffscreenCanvas" }
  | { kind: "policyForbidsWasm" }
  /** `origin` is the module's, if it is not the page's. */
  | { kind: "policyForbidsWorker"; origin: string | null }
  | { kind: "workerFailed"; url: string; origin: string | null }
  | { kind: "fetchFailed"; url: string; reason: string }
  | { kind: "notWasm"; url: string; contentType: string }
  | { kind: "badModule"; reason: string };

/** An obstacle as an error, thrown by the code that meets it and shown once by the element. */
export class Unsupported extends Error {
  constructor(readonly obstacle: Obstacle) {
    super(explain(obstacle).title);
    this.name = "Unsupported";
  }
}

/** What a panel says: what is going on, why, and what to do. */
export interface Advice {
  readonly title: string;
  readonly text: string;
  /** What to do, one step each. */
  readonly steps: readonly string[];
  /** Something to copy, like a header line. */
  readonly snippet: string | null;
  /** Something to save. */
  readonly file?: { readonly name: string; readonly text: string } | null;
}

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)), written out by hand.
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
];
const EMPTY = [0, 97, 115, 109, 1, 0, 0, 0];

/**
 * Looks for what the lab cannot do without, before anything is loaded. Module workers are tried
 * where one is made: a probe of its own would break a policy and be reported as an attack.
 */
export async function findObstacle(): Promise<Obstacle | null> {
  if (typeof WebAssembly !== "object") return { kind: "noWebAssembly" };
  try {
    await WebAssembly.compile(new Uint8Array(EMPTY));
  } catch {
    // A module of eight bytes is valid everywhere: only a policy refuses it.
    return { kind: "policyForbidsWasm" };
  }
  if (!WebAssembly.validate(new Uint8Array(SIMD))) return { kind: "noSimd" };
  if (typeof Worker !== "function") return { kind: "noModuleWorkers" };
  if (!("transferControlToOffscreen" in HTMLCanvasElement.prototype)) {
    return { kind: "noOffscreenCanvas" };
  }
  return null;
}

const UPDATE = [
  "Open this page in Chrome or Edge 105, Firefox 114, Safari 16.4, or anything newer.",
];

/** What to tell a person about an obstacle. */
export function explain(obstacle: Obstacle): Advice {
  switch (obstacle.kind) {
    case "noWebAssembly":
      return {
        title: "This browser has no WebAssembly",
        text: "The engine is a WebAssembly program. Here WebAssembly is missing or switched off, as it is in some hardened modes.",
        steps: [...UPDATE, "In Safari’s Lockdown Mode, or with JavaScript’s JIT switched off: allow it for this site."],
        snippet: null,
      };
    case "noModuleWorkers":
      return {
        title: "This browser has no module workers",
        text: "The engine runs beside the page in a worker that is an ES module, so that the page stays quick. This browser cannot start one.",
        steps: UPDATE,
        snippet: null,
      };
    case "noSimd":
      return {
        title: "This browser’s WebAssembly has no SIMD",
        text: "The engine reads JSON sixteen bytes at a time with WebAssembly’s 128-bit instructions. This browser, or this computer’s processor, does not have them.",
        steps: UPDATE,
        snippet: null,
      };
    case "noOffscreenCanvas":
      return {
        title: "This browser cannot draw in a worker",
        text: "Charts are drawn beside the engine, on a canvas that is handed to its worker (OffscreenCanvas).",
        steps: UPDATE,
        snippet: null,
      };
    case "policyForbidsWasm":
      return {
        title: "This page’s policy forbids WebAssembly",
        text: "The page is sent with a Content-Security-Policy that does not let it compile WebAssembly.",
        steps: ["Whoever runs this site can allow it, without allowing eval, by adding this source to script-src:"],
        snippet: "script-src 'self' 'wasm-unsafe-eval'",
      };
    case "policyForbidsWorker":
      return {
        title: "This page’s policy forbids the worker",
        text: obstacle.origin !== null
          ? "The element comes from another origin, so its worker starts from a small blob of this page. The page’s Content-Security-Policy does not allow that."
          : "The page is sent with a Content-Security-Policy that does not let it start the engine’s worker.",
        steps: ["Whoever runs this site can allow it in its Content-Security-Policy:"],
        snippet: obstacle.origin === null ? "worker-src 'self'" : `worker-src blob: ${obstacle.origin}`,
      };
    case "workerFailed":
      return {
        title: "The engine’s worker did not start",
        text: "Its script was not found, is not sent as JavaScript, or was refused on its way.",
        steps: [
          "Reload the page.",
          ...(obstacle.origin === null
            ? []
            : [`If this page has a Content-Security-Policy, its worker-src must name blob: and ${obstacle.origin}`]),
          "If that does not help, check that this file arrives with the type text/javascript:",
        ],
        snippet: obstacle.url,
      };
    case "fetchFailed":
      return {
        title: "The engine did not arrive",
        text: `Its file could not be loaded: ${obstacle.reason}.`,
        steps: ["Check the connection and try again.", "Whoever runs this site should find the file here, readable for this page’s origin (CORS):"],
        snippet: obstacle.url,
      };
    case "notWasm":
      return obstacle.contentType.startsWith("text/html")
        ? {
            title: "The server sent a web page instead of the engine",
            text: "At the engine’s address there is an HTML page: most likely the file is missing and the server answers with its start page.",
            steps: ["Put the file where it is looked for:"],
            snippet: obstacle.url,
          }
        : {
            title: "The server sends the engine with the wrong type",
            text: `Browsers compile WebAssembly while it arrives only if it is sent as application/wasm; this server says ${obstacle.contentType === "" ? "nothing" : obstacle.contentType}.`,
            steps: ["Whoever runs the server can add the type. For nginx, in mime.types; for Apache, in .htaccess:"],
            snippet: "application/wasm wasm;          # nginx\nAddType application/wasm .wasm  # Apache",
          };
    case "badModule":
      return {
        title: "The engine’s file is damaged",
        text: `The browser could not compile it: ${obstacle.reason}`,
        steps: ["Reload the page without the cache (Shift and Reload).", "If that does not help, the page and the engine come from different builds."],
        snippet: null,
      };
  }
}
