// Names and figures of the three lanes, as people read them.

import type { Lane } from "../../experiment-protocol";
import { amount, count, span } from "../../format";

/** The lanes in the order in which they are shown, with the member of a sample that is theirs. */
export const LANES = [
  { lane: "batchEtl", title: "Batch ETL", key: "batch_etl", about: "a store, a job now and then, a store" },
  { lane: "lambda", title: "Lambda", key: "lambda", about: "a batch layer and a speed layer, merged" },
  { lane: "kappa", title: "Kappa", key: "kappa", about: "one log, one stream job" },
] as const satisfies ReadonlyArray<{ lane: Lane; title: string; key: string; about: string }>;

export const titleOf = (lane: Lane): string => LANES.find((one) => one.lane === lane)?.title ?? lane;

/** `+12`, `−1,204`, `right` */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "right";
  const size = Math.abs(value) < 0.01 ? Math.abs(value).toPrecision(2) : amount(Math.abs(value));
  return `${value < 0 ? "−" : "+"}${size}`;
}

/** `45 s`, `3.2 s`, `120 ms`: how old an answer is. */
export function age(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms);
}

/** A figure that may not apply. */
export const figure = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return "–";
  return value !== 0 && Math.abs(value) < 1 ? value.toPrecision(3) : amount(value);
};

/** `1:30:00`, `2 d 6:00:00`: time since the start of the run. */
export function elapsed(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const clock = `${Math.floor(seconds / 3600) % 24}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days === 0 ? clock : `${days} d ${clock}`;
}

export { count };
