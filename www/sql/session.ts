// What a person has written and been answered, kept for as long as its lab, whatever room is shown.
// No DOM.

import type { Lab } from "../lab";
import type { Answer, PushRows } from "../protocol";
import { Offsets } from "./offsets";

/** The most rows that a live table keeps: what came before them is counted. */
export const MOST_LIVE = 200;
/** The most runs of scripts whose answers are kept. */
const MOST_RUNS = 12;

/** Rows of a push query as they come. */
export class Live {
  /** The newest last. */
  rows: string[][] = [];
  total = 0;
  /** Rows that nobody took in time. */
  dropped = 0;
  ended = false;
  failure: string | null = null;
  /** Whether the table stands still while a person reads. */
  held = false;

  constructor(readonly id: number) {}

  take({ rows, dropped, ended, failure }: PushRows): void {
    this.total += rows.length + dropped;
    this.dropped += dropped;
    this.ended ||= ended;
    this.failure = failure ?? this.failure;
    if (this.held) return;
    this.rows = [...this.rows, ...rows].slice(-MOST_LIVE);
  }
}

/** One answer with what it is about. */
export interface Answered {
  readonly answer: Answer;
  /** The statement's text. */
  readonly statement: string;
  /** Of a push query. */
  readonly live: Live | null;
}

/** A script that was run. */
export interface RunOf {
  readonly number: number;
  /** The document that it is from. */
  readonly document: string;
  readonly offsets: Offsets;
  /** Where the script stands in its document, in units of UTF-16. */
  readonly from: number;
  readonly answers: readonly Answered[];
}

export class Session {
  /** The document that is open. */
  document = "";
  /** Texts that a person has changed, by document. */
  readonly drafts = new Map<string, string>();
  /** The newest first. */
  runs: RunOf[] = [];
  readonly #lab: Lab;
  readonly #live = new Map<number, Live>();
  #number = 0;

  private constructor(lab: Lab) {
    this.#lab = lab;
    lab.on("pushed", () => {
      const { pushed } = lab;
      if (pushed !== null) this.#live.get(pushed.id)?.take(pushed.pushed);
    });
    // A new run answers for itself.
    lab.on("run", () => {
      this.runs = [];
      this.#live.clear();
    });
  }

  static readonly #of = new WeakMap<Lab, Session>();

  static of(lab: Lab): Session {
    const session = Session.#of.get(lab) ?? new Session(lab);
    Session.#of.set(lab, session);
    return session;
  }

  /** Runs a script that stands at `from` in a document; what an earlier run of it follows, ends. */
  async run(script: string, document: string, from: number): Promise<RunOf> {
    for (const { document: other, answers } of this.runs) {
      if (other === document) for (const { live } of answers) if (live !== null) this.end(live);
    }
    const answers = await this.#lab.execute(script);
    const offsets = new Offsets(script);
    this.#number += 1;
    const run: RunOf = {
      number: this.#number,
      document,
      offsets,
      from,
      answers: answers.map((answer) => ({ answer, statement: offsets.slice(answer.span), live: this.#follow(answer) })),
    };
    this.runs = [run, ...this.runs];
    for (const old of this.runs.slice(MOST_RUNS)) for (const { live } of old.answers) if (live !== null) this.end(live);
    this.runs = this.runs.slice(0, MOST_RUNS);
    return run;
  }

  /** Ends a push query. */
  end(live: Live): void {
    if (!live.ended) this.#lab.send({ type: "endPush", id: live.id });
    live.ended = true;
    this.#live.delete(live.id);
  }

  #follow({ outcome }: Answer): Live | null {
    if (outcome.type !== "push") return null;
    const live = new Live(outcome.id);
    this.#live.set(live.id, live);
    return live;
  }
}
