// Durations as knobs take them: a number with a unit.

const UNITS: ReadonlyArray<readonly [string, number]> = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]];

/** Milliseconds of `45m`, `1.5h`, `-250ms`; `null` if it is none. */
export function milliseconds(text: string): number | null {
  const [, number, unit] = /^\s*(-?[0-9.]+)\s*([a-z]+)\s*$/.exec(text) ?? [];
  const factor = UNITS.find(([name]) => name === (unit === "min" ? "m" : unit))?.[1];
  const value = Number(number);
  return factor === undefined || !Number.isFinite(value) ? null : value * factor;
}

/** `45m`, `1500ms`: in the largest unit that is whole. */
export function text(ms: number): string {
  if (ms === 0) return "0s";
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}

/** The steps of a slider of durations: round times that people would choose. */
export function steps(minMs: number, maxMs: number): number[] {
  const round = [1, 2, 5, 10, 15, 20, 30];
  const all = [
    ...[1, 10, 100].flatMap((ten) => [1, 2, 5].map((digit) => digit * ten)),
    ...round.map((n) => n * 1000),
    ...round.map((n) => n * 60_000),
    ...[1, 2, 3, 4, 6, 8, 12, 18].map((n) => n * 3_600_000),
    ...[1, 2, 3, 5, 7, 14, 30, 60].map((n) => n * 86_400_000),
  ];
  const positive = all.filter((ms) => ms >= minMs && ms <= maxMs);
  const negative = minMs < 0 ? all.filter((ms) => ms <= -minMs).map((ms) => -ms).reverse() : [];
  return [...negative, ...(minMs <= 0 ? [0] : []), ...positive];
}
