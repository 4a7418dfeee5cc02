// The engine counts a script's places in bytes of UTF-8, an editor in units of UTF-16.

/** Finds places of one text. */
export class Offsets {
  /** The byte at which each unit begins; `null` for a text of ASCII alone, where they are the same. */
  readonly #starts: Uint32Array | null;

  constructor(readonly text: string) {
    if (/^[\0-\x7f]*$/u.test(text)) {
      this.#starts = null;
      return;
    }
    const starts = new Uint32Array(text.length + 1);
    let at = 0;
    let unit = 0;
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      starts.fill(at, unit, unit + character.length);
      unit += character.length;
      at += bytes;
    }
    starts[unit] = at;
    this.#starts = starts;
  }

  /** The unit at which the byte's character begins; the end of the text for a byte beyond it. */
  unit(byte: number): number {
    const starts = this.#starts;
    if (starts === null) return Math.min(byte, this.text.length);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The line and column of a byte, from 1. */
  place(byte: number): { line: number; column: number } {
    const before = this.text.slice(0, this.unit(byte)).split("\n");
    return { line: before.length, column: Array.from(before[before.length - 1] ?? "").length + 1 };
  }

  slice({ start, end }: { start: number; end: number }): string {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}
