// Requests of the Connect room's worker: what came of each, and no more than the browser says.

/** The longest answer that is read; one has some hundred bytes a record. */
const MOST_ANSWER = 16 << 20;

/** An answer, or as much of it as came. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Uint8Array;
  /** Whether all of the body came. */
  readonly complete: boolean;
}

/** No answer. Whether the request arrived is not known. */
export interface Broken {
  readonly status: null;
  readonly timedOut: boolean;
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly timeoutMs: number;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request. It carries no cookie and no referrer, and follows no redirect: a password goes to no
 * other address than the one that was named.
 */
export async function ask(url: string, { method = "GET", headers = {}, body, timeoutMs, signal }: Ask): Promise<Answer | Broken> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const give = (): void => timeout.abort();
  signal.addEventListener("abort", give, { once: true });
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      mode: "cors",
      credentials: "omit",
      cache: "no-store",
      redirect: "manual",
      referrerPolicy: "no-referrer",
      signal: timeout.signal,
    });
    // A redirect shows neither its status nor where it leads.
    if (response.type === "opaqueredirect") return { status: 302, retryAfter: null, body: new Uint8Array(), complete: true };
    return { status: response.status, retryAfter: seconds(response.headers.get("retry-after")), ...(await whole(response)) };
  } catch {
    return { status: null, timedOut: timeout.signal.aborted && !signal.aborted };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", give);
  }
}

/** `Retry-After` in seconds, where a proxy lets a page read it; its other form is a date. */
function seconds(header: string | null): string | null {
  const at = Date.parse(header ?? "");
  return header === null || /^\s*\d+\s*$/u.test(header) || Number.isNaN(at) ? header : String(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
}

/** A body as far as it comes. */
async function whole(response: Response): Promise<{ body: Uint8Array; complete: boolean }> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let complete = true;
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
      if (length < MOST_ANSWER) continue;
      complete = false;
      void reader.cancel();
      break;
    }
  } catch {
    complete = false;
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { body: only, complete };
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return { body, complete };
}

/** Whether anything answers: the browser lets nobody read what. */
export async function isAnswered(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    await fetch(url, { mode: "no-cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: limit });
    return !signal.aborted;
  } catch {
    return false;
  }
}

/** A body as JSON; `undefined` if it is none. */
export function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
