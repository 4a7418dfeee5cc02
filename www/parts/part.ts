// The base of everything that the room is made of.

import { LitElement, type PropertyValues, type TemplateResult, html } from "lit";

import type { Lab, Topic } from "../lab";
import * as icons from "./icons";

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

  /** On a phone a card shows its head only, until a person wants more. */
  #unfolded = false;

  /** Shows the whole card where there is little room, too. */
  unfold(): void {
    this.#unfolded = true;
    this.requestUpdate();
  }

  /** Classes of a card that folds. */
  protected get folding(): string {
    return this.#unfolded ? "folding unfolded" : "folding";
  }

  /** The button that folds a card, for its head; shown on phones only. */
  protected fold(title: string): TemplateResult {
    return html`<button class="plain icon fold" aria-label=${title} aria-expanded=${this.#unfolded ? "true" : "false"} @click=${this.#flipFold}>${icons.chevron}</button>`;
  }

  #flipFold = (): void => {
    this.#unfolded = !this.#unfolded;
    this.requestUpdate();
  };

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
