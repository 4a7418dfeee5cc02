// Fetches and compiles the engine once for all elements of a page, and says what is wrong if it
// cannot be: only the main thread sees the response's type and the policy's refusal.

import { type Obstacle, Unsupported, findObstacle } from "./support";

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** The compiled engine; every caller with the same URL shares one. Rejects with `Unsupported`. */
export function engineModule(url: string): Promise<WebAssembly.Module> {
  let module = modules.get(url);
  if (module === undefined) {
    module = compile(url);
    modules.set(url, module);
    // A failure is not kept: the next element, or a person's "Try again", asks anew.
    module.catch(() => modules.delete(url));
  }
  return module;
}

async function compile(url: string): Promise<WebAssembly.Module> {
  const obstacle = await findObstacle();
  if (obstacle !== null) throw new Unsupported(obstacle);
  const response = await request(url);
  const contentType = response.headers.get("content-type") ?? "";
  if (contentType.split(";", 1)[0]?.trim().toLowerCase() !== "application/wasm") {
    throw new Unsupported({ kind: "notWasm", url, contentType });
  }
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    throw new Unsupported({ kind: "badModule", reason: reasonOf(error) });
  }
}

async function request(url: string): Promise<Response> {
  const failed = (reason: string): Unsupported => {
    const obstacle: Obstacle = { kind: "fetchFailed", url, reason };
    return new Unsupported(obstacle);
  };
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin" });
  } catch (error) {
    throw failed(reasonOf(error));
  }
  if (!response.ok) throw failed(`the server answered ${response.status}`);
  return response;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
