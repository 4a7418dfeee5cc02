// The base of everything that the room is made of.

import { LitElement, type PropertyValues } from "lit";

import type { Lab, Topic } from "../lab";

/**
 * A piece of the user interface. It renders into the element's one shadow tree, not into a tree of
 * its own: styles are shared, and labels and descriptions can refer to each other.
 */
export abstract class Part extends LitElement {
  static override properties = { lab: { attribute: false } };

  declare lab: Lab;
  /** What makes it render anew. */
  protected abstract readonly topics: readonly Topic[];
  /** While the run plays, ticks are heard at most this often, milliseconds: nobody reads faster. */
  protected readonly calm: number = 0;
  #heardAt = -Infinity;
  #offs: Array<() => void> = [];

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hush();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("lab")) {
      this.#listen();
      this.labChanged();
    }
  }

  /** A new lab: what was remembered of the old one is void. */
  protected labChanged(): void {}

  /** Called for each change under one of the topics. */
  protected heard(_topic: Topic): void {
    this.requestUpdate();
  }

  #listen(): void {
    this.#hush();
    this.#offs = this.topics.map((topic) => this.lab.on(topic, () => {
      if (topic !== "tick" || !this.#tooSoon()) this.heard(topic);
    }));
  }

  #tooSoon(): boolean {
    const now = performance.now();
    if (this.lab.tick?.playing === true && now - this.#heardAt < this.calm) return true;
    this.#heardAt = now;
    return false;
  }

  #hush(): void {
    for (const off of this.#offs) off();
    this.#offs = [];
  }
}

/** Registers a custom element unless a copy of this module has done so already. */
export function define(name: string, constructor: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, constructor);
}
