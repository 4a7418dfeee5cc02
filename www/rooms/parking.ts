// What a room leaves behind while another one is shown, until the person comes back or the element goes.

interface Closing {
  close(): void;
}

/** One place for each life of an element in its document. */
export class Parking<T extends Closing> {
  readonly #kept = new WeakMap<AbortSignal, T>();

  /** Keeps it; with the element it ends. */
  put(life: AbortSignal, left: T): void {
    this.#kept.set(life, left);
    life.addEventListener("abort", () => {
      if (this.#kept.get(life) === left) left.close();
    }, { once: true });
  }

  /** Gives it back, if there is one. */
  take(life: AbortSignal): T | undefined {
    const left = this.#kept.get(life);
    this.#kept.delete(life);
    return left;
  }
}
