// What a person fills in: texts as they were typed, and the settings that they mean. No credentials: those
// are in their two fields and nowhere else.

import type { ConnectSettings, Field, FieldError, KeyForm, RateSetting, Timestamps, TopicMapping, ValueForm } from "../../sink-protocol";

/** A place of the form that can be wrong. */
export type Place = Field | "shift" | "records" | "seed";

/** Something wrong, and where. */
export interface Trouble {
  readonly field: Place;
  readonly row: number | null;
  readonly message: string;
}

export interface Draft {
  url: string;
  api: "v2" | "v3";
  cluster: string;
  auth: "none" | "basic" | "bearer";
  /** The generator's own topics, or those that the Pipeline room's queries write. */
  source: "generator" | "queries";
  topics: TopicMapping[];
  pace: RateSetting["type"];
  perSecond: string;
  speed: string;
  times: Timestamps["type"];
  shift: string;
  records: string;
  seed: string;
  values: ValueForm;
  keys: KeyForm;
  connections: string;
  batchRecords: string;
  batchKb: string;
  lingerMs: string;
  timeoutS: string;
  retries: string;
  retryUnknown: boolean;
}

export const MIXED: TopicMapping = { from: "mixed", to: "imply-news" };

/** What the form begins with; the same defaults as the command line's. */
export const newDraft = (seed: number): Draft => ({
  url: "http://localhost:8082",
  api: "v2",
  cluster: "",
  auth: "none",
  source: "generator",
  topics: [MIXED],
  pace: "constant",
  perSecond: "100",
  speed: "60",
  times: "current",
  shift: "-7d",
  records: "",
  seed: String(seed),
  values: "bytes",
  keys: "string",
  connections: "4",
  batchRecords: "500",
  batchKb: "900",
  lingerMs: "50",
  timeoutS: "150",
  retries: "20",
  retryUnknown: true,
});

/** What a form means, as far as its numbers can be read. */
export interface Meaning {
  readonly settings: ConnectSettings;
  readonly seed: number;
  readonly records: number | null;
  /** What cannot be read. All else is the engine's to judge. */
  readonly troubles: readonly Trouble[];
}

const UNITS: Record<string, number> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 };

/** `-90d`, `+2h` in milliseconds; `null` if it is none. */
export function shiftMs(text: string): number | null {
  const [, sign, amount, unit] = /^\s*([+-]?)(\d{1,9}(?:\.\d+)?)\s*([smhd])\s*$/u.exec(text) ?? [];
  const size = unit === undefined ? undefined : UNITS[unit];
  if (amount === undefined || size === undefined) return null;
  return Math.round(Number(amount) * size) * (sign === "-" ? -1 : 1);
}

export function meaning(draft: Draft): Meaning {
  const troubles: Trouble[] = [];
  const wrong = (field: Place, message: string): void => void troubles.push({ field, row: null, message });
  /** A number that is 0 or more; a field that cannot be read has a trouble, and counts as 1. */
  const number = (field: Place, text: string, whole: boolean, most: number): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= 0 && value <= most && (!whole || Number.isInteger(value))) return value;
    wrong(field, whole ? `a whole number from 0 to ${most.toLocaleString("en")}` : "a number");
    return 1;
  };
  const whole = (field: Place, text: string): number => number(field, text, true, 4_294_967);
  const rate = (): RateSetting => {
    switch (draft.pace) {
      case "asFastAsPossible":
        return { type: "asFastAsPossible" };
      case "replay":
        return { type: "replay", speed: number("rate", draft.speed, false, 1e9) };
      default:
        return { type: draft.pace, perSecond: number("rate", draft.perSecond, false, 1e9) };
    }
  };
  const timestamps = (): Timestamps => {
    if (draft.times !== "shifted") return { type: draft.times };
    const byMs = shiftMs(draft.shift);
    if (byMs === null) wrong("shift", "how far, such as -90d, +2h or -30m");
    return { type: "shifted", byMs: byMs ?? 0 };
  };
  const settings: ConnectSettings = {
    url: draft.url.trim(),
    api: draft.api,
    cluster: draft.api === "v2" || draft.cluster.trim() === "" ? null : draft.cluster.trim(),
    auth: draft.auth,
    topics: draft.topics.map(({ from, to }) => ({ from, to: to.trim() })),
    values: draft.values,
    keys: draft.keys,
    rate: rate(),
    timestamps: timestamps(),
    connections: whole("connections", draft.connections),
    batchRecords: whole("batchRecords", draft.batchRecords),
    batchBytes: Math.round(number("batchBytes", draft.batchKb, false, 1e6) * 1000),
    lingerMs: whole("lingerMs", draft.lingerMs),
    timeoutMs: Math.round(number("timeoutMs", draft.timeoutS, false, 1e6) * 1000),
    retries: whole("retries", draft.retries),
    retryUnknown: draft.retryUnknown,
  };
  const records = draft.records.trim() === "" ? null : number("records", draft.records, true, 1e12);
  if (records === 0) wrong("records", "at least 1; empty is without end");
  const seed = number("seed", draft.seed, true, Number.MAX_SAFE_INTEGER);
  return { settings, seed, records, troubles };
}

/** Whether two reports of what is wrong say the same. */
export const sameErrors = (a: readonly FieldError[], b: readonly FieldError[]): boolean =>
  a.length === b.length && a.every((one, i) => one.field === b[i]?.field && one.row === b[i]?.row && one.message === b[i]?.message);
