// What the Connect room and its worker say to each other. Credentials go in with a command and never
// come out.

import type { ConnectSettings, Credentials, FieldError, ListedFate, SinkEvent } from "../sink-protocol";

/** What is sent. */
export interface Source {
  readonly seed: number;
  /** How many records at most; `null` is without end. */
  readonly records: number | null;
  /** The tree of the site's configuration; `null` for the built-in news site. */
  readonly configuration: unknown;
  /** The queries whose topics are sent; `null` is the generator's own topics. */
  readonly script: string | null;
}

/** What a person can ask for. */
export type ConnectCommand =
  /** Says what is wrong with settings. Nothing is sent. */
  | { type: "validate"; settings: ConnectSettings }
  /** Tests the connection step by step; `write` says that one record may be written to each topic. */
  | { type: "check"; settings: ConnectSettings; credentials: Credentials; write: boolean }
  /** Looks whether everything is there, then sends. */
  | { type: "start"; settings: ConnectSettings; credentials: Credentials; source: Source }
  | { type: "pause" }
  /** Goes on after a pause or a halt, with these credentials from now on. */
  | { type: "resume"; credentials: Credentials }
  /** Takes no more records; with `drain` what was taken is sent first. */
  | { type: "stop"; drain: boolean }
  | { type: "resend"; fate: ListedFate }
  | { type: "list"; fate: ListedFate; from: number; count: number }
  | { type: "download"; fate: ListedFate }
  /** Forgets the credentials and gives up a test; what is being sent with them is paused. */
  | { type: "forget" };

/** What the worker tells. */
export type ConnectEvent =
  | SinkEvent
  /** All that is wrong with settings; empty when nothing is. */
  | { type: "validated"; errors: FieldError[] }
  /** How a test stands. */
  | { type: "checked"; report: CheckReport }
  /** All of a list as NDJSON. */
  | { type: "download"; fate: ListedFate; name: string; text: string }
  /** Sending has begun. */
  | { type: "started" }
  /** It cannot begin, as queries or configuration are wrong. */
  | { type: "refused"; message: string }
  /** The engine met a bug. */
  | { type: "failed"; message: string; saved: string };

/** A connection test. */
export interface CheckReport {
  /** In order: those that ran, the one that runs, those to come. */
  readonly steps: readonly CheckStep[];
  readonly done: boolean;
  /** The server, as far as its answers tell. */
  readonly server: Server | null;
  /** The cluster's id, with v3. */
  readonly cluster: string | null;
  readonly diagnosis: Diagnosis | null;
}

export interface CheckStep {
  readonly step: Step;
  readonly verdict: "pending" | "running" | "passed" | "failed" | "skipped";
  /** One line on it; empty before it ran. */
  readonly detail: string;
}

export type Step = "allowed" | "reachable" | "cors" | "auth" | "api" | "topics" | "write";

export type Server = "confluent" | "confluentCloud" | "strimzi" | "karapace" | "other";

/** What is wrong and how to mend it. */
export interface Diagnosis {
  readonly problem: string;
  /** What to do, one thing each. */
  readonly advice: readonly string[];
  /** Configuration to copy, for the servers that it may be. */
  readonly configuration: readonly ServerConfiguration[];
}

/** Lines of configuration of a server; none where it has no such setting. */
export interface ServerConfiguration {
  readonly server: string;
  readonly file: string;
  readonly lines: string;
  readonly note: string;
}
