// A stand-in for a REST proxy of version 2, on loopback, with the manners that a test gives it. The tests
// marked @kafka use the fixtures of tests/kafka and a real broker instead.
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a proxy does; tests change it while it runs. */
export interface Behaviour {
  /** Whether pages of other origins may read its answers. */
  cors: boolean;
  /** `user:password`, if it wants them. */
  credentials: string | null;
  topics: string[];
  /** Every so many-th record fails: 0 is none. */
  failEvery: number;
  /** Writes, and then breaks off in the midst of the answer, this many times. */
  cuts: number;
  /** Milliseconds before an answer. */
  delay: number;
}

export interface Written {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string;
}

export interface Proxy extends Behaviour {
  /** Without a slash at its end. */
  readonly address: string;
  readonly written: Written[];
  /** All that was asked: method, path, and the headers with names in lower case. */
  readonly requests: Array<{ method: string; url: string; authorization: string | undefined }>;
  stop(): void;
}

interface Body {
  readonly records: ReadonlyArray<{ key?: string; value: string }>;
}

const text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

export async function proxy(behaviour: Partial<Behaviour> = {}): Promise<Proxy> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const self: Proxy = {
    cors: true,
    credentials: null,
    topics: ["imply-news"],
    failEvery: 0,
    cuts: 0,
    delay: 0,
    ...behaviour,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written: [],
    requests: [],
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  let offset = 0;
  let seen = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    self.requests.push({ method, url, authorization: headers.authorization });
    if (self.cors) {
      response.setHeader("access-control-allow-origin", headers.origin ?? "*");
      response.setHeader("access-control-allow-headers", "content-type,accept,authorization");
      response.setHeader("access-control-allow-methods", "GET,POST,OPTIONS");
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const tell = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/vnd.kafka.v2+json" });
      response.end(JSON.stringify(body));
    };
    if (method === "OPTIONS") return tell(200, null);
    if (self.credentials !== null && headers.authorization !== `Basic ${Buffer.from(self.credentials).toString("base64")}`) return tell(401, { error_code: 401, message: "Unauthorized" });
    if (url === "/") return tell(200, { bridge_version: "0.0.0-test" });
    if (url === "/topics") return tell(200, self.topics);
    const topic = /^\/topics\/([^/]+)$/u.exec(url)?.[1];
    if (method !== "POST" || topic === undefined || !self.topics.includes(topic)) return tell(404, { error_code: 404, message: "not found" });
    if (self.delay > 0) await new Promise((resolve) => setTimeout(resolve, self.delay));
    const { records } = JSON.parse(Buffer.concat(parts).toString("utf8")) as Body;
    const offsets = records.map(({ key, value }) => {
      seen += 1;
      if (self.failEvery > 0 && seen % self.failEvery === 0) return { partition: null, offset: null, error_code: 50002, error: "the record was refused" };
      self.written.push({ topic, key: key === undefined ? null : text(key), value: text(value) });
      offset += 1;
      return { partition: 0, offset };
    });
    if (self.cuts > 0) {
      self.cuts -= 1;
      // Before the headers a browser would repeat the request by itself.
      response.writeHead(200, { "content-type": "application/vnd.kafka.v2+json" });
      response.write('{"offsets":[', () => request.socket.destroy());
      return;
    }
    tell(200, { offsets });
  }
  return self;
}
