// Rates of the dataflow, computed once a tick from the totals that the engine reports.

import type { Tick } from "./protocol";

interface Sample {
  readonly wallMs: number;
  readonly clockMs: number;
  readonly sent: number;
  readonly recordsIn: readonly number[];
}

const KEPT = 40;
/** The span a rate is taken over: long enough to be steady, short enough to follow a knob. */
const WALL_SPAN_MS = 1200;
const VIRTUAL_SPAN_MS = 20_000;

/** Rates over the last second or so. */
export class Meter {
  #samples: Sample[] = [];
  /** Records a virtual minute that came into each node, in the order of the flow. */
  perVirtualMinute: readonly number[] = [];
  /** Records a second of real time that came into each node: what the engine does now. */
  perSecond: readonly number[] = [];
  /** Virtual milliseconds in a real one. */
  factor = 0;

  clear(): void {
    this.#samples = [];
    this.perVirtualMinute = [];
    this.perSecond = [];
    this.factor = 0;
  }

  take(tick: Tick, wallMs: number): void {
    const last = this.#samples[this.#samples.length - 1];
    // After a seek back the totals are lower: rates across it would be nonsense.
    if (last !== undefined && (tick.clockMs < last.clockMs || tick.sent < last.sent)) this.#samples = [];
    const now: Sample = {
      wallMs,
      clockMs: tick.clockMs,
      sent: tick.sent,
      recordsIn: tick.nodes.map((node) => node.recordsIn),
    };
    this.#samples.push(now);
    if (this.#samples.length > KEPT) this.#samples.shift();
    const wall = this.#before((s) => now.wallMs - s.wallMs >= WALL_SPAN_MS);
    const virtual = this.#before(
      (s) => now.clockMs - s.clockMs >= VIRTUAL_SPAN_MS && now.wallMs - s.wallMs >= WALL_SPAN_MS / 2,
    );
    this.perSecond = rates(wall, now, (now.wallMs - wall.wallMs) / 1000);
    this.factor = ratio(now.clockMs - wall.clockMs, now.wallMs - wall.wallMs);
    // While time stands still the traffic of the moment is still what it was.
    if (now.clockMs > virtual.clockMs) {
      this.perVirtualMinute = rates(virtual, now, (now.clockMs - virtual.clockMs) / 60_000);
    }
  }

  /** The newest sample that is old enough, else the oldest there is. */
  #before(enough: (sample: Sample) => boolean): Sample {
    let found: Sample | undefined;
    for (const sample of this.#samples) {
      if (found !== undefined && !enough(sample)) break;
      found = sample;
    }
    if (found === undefined) throw new Error("a sample was just taken");
    return found;
  }
}

function rates(from: Sample, to: Sample, span: number): number[] {
  return to.recordsIn.map((count, i) => ratio(count - (from.recordsIn[i] ?? 0), span));
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, part / whole) : 0;
}
