// The Pipeline room: the question, the flow, what is inside it, its results, and what disturbs it.

import { type TemplateResult, html, nothing } from "lit";

import type { Topic } from "../../lab";
import { Chart } from "../../parts/chart";
import { Part, define } from "../../parts/part";
import { panel } from "../../parts/panel";
import { Transport } from "../../parts/transport";
import { SqlCard } from "../../sql/card";
import { explain } from "../../support";
import type { Controls, RoomView } from "../registry";
import { Configuration } from "./configuration";
import { Disturb } from "./disturb";
import { Flow } from "./flow";
import { Inspector } from "./inspector";
import { Truth } from "./truth";

/** The file that a run is saved to, and the command line that makes it again. */
const RUN_FILE = "streamglass-run.json";
const REPLAY = `streamglass replay ${RUN_FILE}`;

export class Pipeline extends Part {
  static override properties = { ...Part.properties, controls: { attribute: false }, theme: { attribute: false } };

  declare controls: Controls;
  declare theme: string;
  protected override readonly topics: readonly Topic[] = ["status"];
  #dropping = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("look", this.#look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("look", this.#look);
  }

  protected override render(): TemplateResult {
    const { status } = this.lab;
    const full = this.controls === "full";
    return html`<div
      class=${full ? "room full" : "room"}
      @dragover=${this.#over}
      @dragleave=${this.#leave}
      @drop=${this.#drop}
    >
      ${full
        ? html`<header class="question">
            <h1>What happens to a click?</h1>
            <p class="lede">A news site sends every click, session and user into one topic. Queries in SQL sort them by type, count them by the minute in which they happened, join and sessionise them, and every step shows what it holds, what waits, and what it dropped.</p>
          </header>`
        : nothing}
      ${status.kind === "unsupported"
        ? panel(explain(status.obstacle), this.#again, "Try again")
        : html`
            ${status.kind === "failed" ? this.#failed(status.message, status.saved) : nothing}
            ${this.controls === "none" ? nothing : html`<div class="bar"><stream-glass-transport .lab=${this.lab} .full=${full}></stream-glass-transport></div>`}
            <stream-glass-flow .lab=${this.lab} .theme=${this.theme}></stream-glass-flow>
            <div class="charts">
              <stream-glass-chart
                .lab=${this.lab}
                .chart=${"clicks-by-state"}
                .heading=${"Clicks by state"}
                .note=${"dashed while a window can still change"}
                .empty=${"Lines appear with the first minute of clicks."}
                .theme=${this.theme}
              ></stream-glass-chart>
              <stream-glass-chart
                .lab=${this.lab}
                .chart=${"top-content"}
                .heading=${"Top content"}
                .note=${"in the last ten minutes"}
                .empty=${"Bars appear with the first clicks."}
                .theme=${this.theme}
              ></stream-glass-chart>
            </div>
            ${full ? html`<stream-glass-inspector .lab=${this.lab}></stream-glass-inspector>` : nothing}
            ${full ? html`<stream-glass-sql .lab=${this.lab}></stream-glass-sql>` : nothing}
            ${full
              ? html`<div class="cards">
                  <stream-glass-disturb .lab=${this.lab}></stream-glass-disturb>
                  <stream-glass-truth .lab=${this.lab}></stream-glass-truth>
                  <stream-glass-configuration .lab=${this.lab}></stream-glass-configuration>
                </div>`
              : nothing}
          `}
      ${this.#dropping ? html`<div class="drop">Drop the configuration to run it</div>` : nothing}
    </div>`;
  }

  #failed(message: string, saved: string): TemplateResult {
    return panel(
      {
        title: "The engine met a bug and stopped",
        text: message,
        steps:
          saved === ""
            ? ["Start the lab again. What you see below is how far the run came."]
            : ["What you see below is how far the run came. Save it: the file replays it with all that was changed, and makes a good bug report."],
        snippet: saved === "" ? null : REPLAY,
        file: saved === "" ? null : { name: RUN_FILE, text: saved },
      },
      this.#again,
      "Start again",
    );
  }

  #again = (): void => {
    this.dispatchEvent(new CustomEvent("restart", { bubbles: true }));
  };

  /** Brings what was just chosen into view where it is not beside the flow. */
  #look = (): void => {
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const inspector = this.querySelector("stream-glass-inspector");
    if (!(inspector instanceof Inspector)) return;
    inspector.unfold();
    void inspector.updateComplete.then(() => inspector.scrollIntoView({ block: "nearest", behavior: reduced ? "auto" : "smooth" }));
  };

  #over = (event: DragEvent): void => {
    if (this.controls !== "full" || event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    this.#setDropping(true);
  };

  #leave = (event: DragEvent): void => {
    const to = event.relatedTarget;
    if (!(to instanceof Node && this.contains(to))) this.#setDropping(false);
  };

  #drop = (event: DragEvent): void => {
    if (!this.#dropping) return;
    event.preventDefault();
    this.#setDropping(false);
    const file = event.dataTransfer?.files[0];
    const part = this.querySelector("stream-glass-configuration");
    if (file === undefined || !(part instanceof Configuration)) return;
    part.scrollIntoView({ block: "nearest" });
    void part.take(file);
  };

  #setDropping(dropping: boolean): void {
    if (dropping === this.#dropping) return;
    this.#dropping = dropping;
    this.requestUpdate();
  }
}

define("stream-glass-transport", Transport);
define("stream-glass-flow", Flow);
define("stream-glass-inspector", Inspector);
define("stream-glass-chart", Chart);
define("stream-glass-sql", SqlCard);
define("stream-glass-disturb", Disturb);
define("stream-glass-truth", Truth);
define("stream-glass-configuration", Configuration);
define("stream-glass-pipeline", Pipeline);

export const room: RoomView = {
  view: ({ lab, controls, theme }) =>
    html`<stream-glass-pipeline .lab=${lab} .controls=${controls} .theme=${theme}></stream-glass-pipeline>`,
};
