// The links of one diagram and the events that move on them, on a canvas behind the stations.
//
// The number of dots follows a link's rate by its logarithm: nobody can count more. Where motion is
// unwelcome or time stands still, the same dots stand still.

import type { LaneScene, Link } from "../../experiment-protocol";

interface Wire {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly dots: number;
  readonly late: number;
  readonly age: number;
}

/** How long a dot takes along a link, milliseconds. */
const TRAVEL_MS = 1600;
/** Events older than this look old. */
const OLD_MS = 30 * 60_000;
const MOST_DOTS = 9;

export class Motion {
  #context: CanvasRenderingContext2D | null = null;
  #wires: readonly Wire[] = [];
  #colors = { lane: "", line: "", late: "" };
  #frame = 0;
  #phase = 0.35;
  #last = 0;

  /** Takes what is to be drawn, and draws it. */
  show(canvas: HTMLCanvasElement, diagram: HTMLElement, scene: LaneScene): void {
    const box = diagram.getBoundingClientRect();
    const width = Math.round(box.width * devicePixelRatio);
    const height = Math.round(box.height * devicePixelRatio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#context = canvas.getContext("2d");
    const style = getComputedStyle(diagram);
    this.#colors = { lane: style.getPropertyValue("--lane"), line: style.getPropertyValue("--edge"), late: style.getPropertyValue("--late") };
    const places = new Map<string, DOMRect>();
    for (const station of diagram.querySelectorAll<HTMLElement>(".station")) places.set(station.dataset["id"] ?? "", station.getBoundingClientRect());
    this.#wires = scene.links.flatMap((link) => wire(link, places, box));
    this.#draw();
  }

  run(moving: boolean): void {
    if (!moving) return this.stop();
    if (this.#frame !== 0) return;
    this.#last = performance.now();
    const step = (now: number): void => {
      this.#phase = (this.#phase + Math.min(100, now - this.#last) / TRAVEL_MS) % 1;
      this.#last = now;
      this.#draw();
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #draw(): void {
    const c = this.#context;
    if (c === null) return;
    const scale = devicePixelRatio;
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.clearRect(0, 0, c.canvas.width, c.canvas.height);
    for (const { from, to, dots, late, age } of this.#wires) {
      const middle = (from[0] + to[0]) / 2;
      c.globalAlpha = 0.45;
      c.strokeStyle = this.#colors.line;
      c.lineWidth = 1;
      c.beginPath();
      c.moveTo(from[0], from[1]);
      c.bezierCurveTo(middle, from[1], middle, to[1], to[0], to[1]);
      c.stroke();
      for (let i = 0; i < dots; i += 1) {
        const t = (i / dots + this.#phase) % 1;
        // The same curve, and a little beside it: no two events take quite one way.
        const eased = t * t * (3 - 2 * t);
        const x = from[0] + (to[0] - from[0]) * t;
        const y = from[1] + (to[1] - from[1]) * eased + (((i * 7) % 5) - 2) * 1.4;
        const isLate = (i + 0.5) / dots < late;
        c.globalAlpha = isLate ? 1 : Math.max(0.28, 1 - age * 0.72);
        c.fillStyle = isLate ? this.#colors.late : this.#colors.lane;
        c.beginPath();
        c.arc(x, y, isLate ? 3.2 : 2.6, 0, 2 * Math.PI);
        c.fill();
      }
    }
    c.globalAlpha = 1;
  }
}

function wire(link: Link, places: ReadonlyMap<string, DOMRect>, box: DOMRect): Wire[] {
  const from = link.from === null ? undefined : places.get(link.from);
  const to = link.to === null ? undefined : places.get(link.to);
  if ((link.from !== null && from === undefined) || (link.to !== null && to === undefined)) return [];
  const middle = (rect: DOMRect): number => rect.top + rect.height / 2 - box.top;
  // Level between boxes of different heights, as far as both reach.
  const level = (rect: DOMRect, other: DOMRect | undefined): number => {
    if (other === undefined) return middle(rect);
    const y = middle(other);
    return Math.min(rect.bottom - box.top - 10, Math.max(rect.top - box.top + 10, y));
  };
  const start: readonly [number, number] = from === undefined ? [0, to === undefined ? 0 : middle(to)] : [from.right - box.left, level(from, to)];
  const end: readonly [number, number] = to === undefined ? [box.width, from === undefined ? 0 : middle(from)] : [to.left - box.left, level(to, from)];
  const rate = link.perSecond;
  const length = Math.abs(end[0] - start[0]);
  const dots = rate > 0 ? Math.min(MOST_DOTS, Math.ceil(1 + Math.log2(1 + rate)), Math.max(2, Math.ceil(length / 9))) : 0;
  return [{ from: start, to: end, dots, late: rate > 0 && link.lateShare > 0 ? Math.max(link.lateShare, 1 / dots) : 0, age: Math.min(1, (link.ageMs ?? 0) / OLD_MS) }];
}
