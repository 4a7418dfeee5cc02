// Reading a chart's values: which of its positions is under the pointer, and where a key leads.

/** The place of the number that is nearest to `x`; `null` among none. */
export function nearest(all: readonly number[], x: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, one] of all.entries()) {
    const far = Math.abs(one - x);
    if (far >= least) continue;
    least = far;
    best = i;
  }
  return best;
}

/** Where a key leads from position `at` of `n`; −1 puts the cross-hair away, `null` is another key's business. */
export function keyTarget(key: string, at: number, n: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(n - 1, at + 1);
    case "Home":
      return 0;
    case "End":
      return n - 1;
    case "Escape":
      return -1;
    default:
      return null;
  }
}
