// The base of everything that the room is made of.

import { LitElement, type PropertyValues, type TemplateResult, html } from "lit";

import type { Lab, Topic } from "../lab";
import * as icons from "./icons";

/**
 * How often what is out of sight is renewed while the run plays, at most; at first sooner, until there
 * is something in it. Who prints the page sees it all.
 */
const ASLEEP_MS = 5000;

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
  /** While the run plays, what nobody sees is seldom renewed: it is once it comes into sight or the run rests. */
  protected readonly sleeps: boolean = false;
  #inSight = true;
  #stale = false;
  #connectedAt = 0;
  #renewedAt = -Infinity;
  readonly #sight = new IntersectionObserver((entries) => this.#seen(entries[entries.length - 1]?.isIntersecting ?? true));
  #heardAt = -Infinity;
  #offs: Array<() => void> = [];

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
    this.#connectedAt = performance.now();
    if (this.sleeps) this.#sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight.disconnect();
    this.#hush();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    const playing = this.lab?.tick?.playing === true;
    const now = performance.now();
    this.#stale = changed.size === 0 && playing && !this.#inSight && now - this.#renewedAt < Math.min(ASLEEP_MS, this.#renewedAt - this.#connectedAt);
    if (!this.#stale && playing) this.#renewedAt = now;
    return !this.#stale;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("lab")) {
      this.#listen();
      this.labChanged();
    }
  }

  /** A new lab: what was remembered of the old one is void. */
  protected labChanged(): void {}

  /** It came into sight, or went out of it. */
  protected sightChanged(): void {}

  protected get inSight(): boolean {
    return this.#inSight;
  }

  #seen(inSight: boolean): void {
    if (inSight === this.#inSight) return;
    this.#inSight = inSight;
    this.sightChanged();
    if (this.#stale) this.requestUpdate();
  }

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
