// The knobs of the source: what each is called, its range, and the setting that it sends.

import { span } from "../../format";
import type { Setting } from "../../protocol";

interface Named {
  readonly label: string;
  /** What it does to the run, in one line. */
  readonly hint: string;
}

/** A number that is set by a slider. */
export interface Dial extends Named {
  readonly kind: "dial";
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where it stands at the beginning of a run of the built-in site. */
  readonly initial: number;
  /** The value with its unit. */
  readonly show: (value: number) => string;
  readonly toSetting: (value: number) => Setting;
  /** Where it stands when a setting holds; `null` when that is another dial's. */
  readonly fromSetting: (setting: Setting) => number | null;
}

/** One of the configuration's modes. */
export interface Choice extends Named {
  readonly kind: "choice";
  readonly toSetting: (mode: string | null) => Setting;
  /** The mode of a setting; `null` when it is none or the schedule decides. */
  readonly fromSetting: (setting: Setting) => string | null;
}

/** Something that happens once. */
export interface Incident extends Named {
  readonly kind: "incident";
  readonly act: string;
  readonly setting: Setting;
}

export type Knob = Dial | Choice | Incident;

type FaultKind = "duplicate" | "drop" | "malformed";

const percent = (share: number): string => (share === 0 ? "none" : `${Math.round(share * 1000) / 10} %`);

const fault = (kind: FaultKind, label: string, hint: string): Dial => ({
  kind: "dial",
  label,
  hint,
  min: 0,
  max: 0.1,
  step: 0.005,
  initial: 0,
  show: percent,
  toSetting: (rate) => ({ setting: "fault", value: { kind, rate } }),
  fromSetting: ({ setting, value }) => (setting === "fault" && value.kind === kind ? value.rate : null),
});

/** How late a phone that was off-line sends its clicks. */
const TAIL = { medianSeconds: 300, sigma: 0.7 };
const FAST_CLOCK_MICROS = 600e6;
const OUTAGE_SECONDS = 300;

export const KNOBS: readonly Knob[] = [
  {
    kind: "dial",
    label: "New sessions",
    hint: "how many people come, on average over a day",
    min: 1,
    max: 200,
    step: 1,
    initial: 10,
    show: (value) => `${value} a second`,
    toSetting: (value) => ({ setting: "sessionRate", value }),
    fromSetting: ({ setting, value }) => (setting === "sessionRate" ? value : null),
  },
  {
    kind: "dial",
    label: "Late records",
    hint: "phones come back online, minutes late",
    min: 0,
    max: 0.2,
    step: 0.01,
    initial: 0,
    show: percent,
    toSetting: (share) => ({ setting: "tail", value: { share, delay: TAIL } }),
    fromSetting: ({ setting, value }) => (setting === "tail" ? value.share : null),
  },
  fault("malformed", "Malformed", "broken JSON, for the dead-letter topic"),
  fault("duplicate", "Duplicates", "delivered twice, counted twice"),
  fault("drop", "Lost", "never delivered: only the source knows"),
  {
    kind: "dial",
    label: "Fast clocks",
    hint: "ten minutes ahead: they make the others late",
    min: 0,
    max: 0.01,
    step: 0.001,
    initial: 0,
    show: percent,
    toSetting: (share) => ({ setting: "skew", value: { share, offsetMicros: FAST_CLOCK_MICROS } }),
    fromSetting: ({ setting, value }) => (setting === "skew" ? value.share : null),
  },
  {
    kind: "choice",
    label: "Mode",
    hint: "how people behave",
    toSetting: (value) => ({ setting: "mode", value }),
    fromSetting: ({ setting, value }) => (setting === "mode" ? value : null),
  },
  {
    kind: "incident",
    label: "Outage",
    hint: "its records arrive late, all at once",
    act: `Cut off partition 0 for ${span(OUTAGE_SECONDS * 1000)}`,
    setting: { setting: "outage", value: { partition: 0, seconds: OUTAGE_SECONDS } },
  },
];
