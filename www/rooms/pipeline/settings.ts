// The knobs of the source: what each is called, its range, and the setting that it sends.

import type { Setting } from "../../protocol";

export interface Knob {
  readonly label: string;
  /** What it does to the run, in one line. */
  readonly hint: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where it stands at the beginning of a run. */
  readonly initial: number;
  readonly toSetting: (value: number) => Setting;
}

export const KNOBS: readonly Knob[] = [
  {
    label: "New sessions",
    hint: "how many people come",
    unit: "a second",
    min: 0,
    max: 100,
    step: 1,
    initial: 10,
    toSetting: (value) => ({ name: "sessionsPerSecond", value }),
  },
];
