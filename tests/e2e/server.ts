// Servers for tests: `cargo xtask serve`, so that tests see the headers that the demo has.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../..", import.meta.url));

export interface ServerOptions {
  /** The folder, from the top of the repository. */
  root?: string;
  /** The Content-Security-Policy, as `cargo xtask serve --help` names them. */
  policy?: "page" | "no-wasm" | "no-worker" | "off";
  /** The content type of .wasm files. */
  wasmType?: string;
  /** Lets pages of other origins load the files. */
  cors?: boolean;
}

export interface Server {
  /** With a slash at its end. */
  address: string;
  stop(): void;
}

/** Starts a server on a free port and waits until it listens. */
export function serve(options: ServerOptions = {}): Promise<Server> {
  const args = ["serve", "--until-eof", "--root", options.root ?? "dist", "--policy", options.policy ?? "page"];
  if (options.wasmType !== undefined) args.push("--wasm-type", options.wasmType);
  if (options.cors === true) args.push("--cors");
  const xtask = process.env["XTASK"];
  const [program, before] = xtask === undefined ? ["cargo", ["xtask"]] : [xtask, []];
  // The server stops when its standard input ends: also when this process dies without a word.
  const child = spawn(program, [...before, ...args], { cwd: top, stdio: ["pipe", "pipe", "inherit"] });
  return listening(child);
}

function listening(child: ChildProcess): Promise<Server> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end >= 0) resolve({ address: text.slice(0, end).trim(), stop: () => void child.stdin?.end() });
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
