// What the worker needs to draw the dots of the flow: a canvas over the edges, the edges as points,
// and how fast records flow.

import { type DotPace, STEP } from "../../dots";
import type { Lab } from "../../lab";
import type { Track } from "./layout";

/** Room for a dot that stands at the border. */
const MARGIN = 4;

/** The dots of one graph, as the page sees them. */
export class Motion {
  #box: HTMLElement | null = null;
  #tracks: readonly Track[] = [];
  #theme = "";
  readonly #reduced = matchMedia("(prefers-reduced-motion: reduce)");

  /** Another worker draws from now on: a canvas can be handed over only once. */
  forget(): void {
    this.#box?.replaceChildren();
    this.#box = null;
  }

  /** Keeps dots in `box` for each of `tracks`, in the colour of its text under `theme`, and tells how they run. */
  set(lab: Lab, box: HTMLElement | null, tracks: readonly Track[], theme: string, pace: DotPace): void {
    if (box !== this.#box || tracks !== this.#tracks || theme !== this.#theme) {
      const canvas = box !== null && box !== this.#box ? fresh(box) : null;
      [this.#box, this.#tracks, this.#theme] = [box, tracks, theme];
      if (box !== null && tracks.length > 0) lay(lab, box, canvas, tracks);
    }
    lab.pace({ ...pace, moving: pace.moving && box !== null && !this.#reduced.matches });
  }
}

function fresh(box: HTMLElement): OffscreenCanvas {
  const canvas = document.createElement("canvas");
  box.replaceChildren(canvas);
  return canvas.transferControlToOffscreen();
}

function lay(lab: Lab, box: HTMLElement, canvas: OffscreenCanvas | null, tracks: readonly Track[]): void {
  const points = tracks.map(pointsOf);
  // No larger than the edges reach: on a phone they are a strip at the left of a high list.
  const [left, right] = extent(points, 0);
  const [top, bottom] = extent(points, 1);
  for (const track of points) track.forEach((value, i) => (track[i] = value - (i % 2 === 0 ? left : top)));
  const [width, height] = [right - left, bottom - top];
  const { style } = box;
  [style.left, style.top, style.width, style.height] = [left, top, width, height].map((value) => `${value}px`) as [string, string, string, string];
  lab.dots(canvas, { tracks: points, width, height, scale: devicePixelRatio, color: getComputedStyle(box).color });
}

function pointsOf(track: Track): Float32Array {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", track);
  const count = Math.max(1, Math.round(path.getTotalLength() / STEP)) + 1;
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    const { x, y } = path.getPointAtLength(i * STEP);
    points.set([x, y], 2 * i);
  }
  return points;
}

function extent(tracks: readonly Float32Array[], axis: 0 | 1): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const track of tracks) {
    for (let i = axis; i < track.length; i += 2) {
      least = Math.min(least, track[i] ?? least);
      most = Math.max(most, track[i] ?? most);
    }
  }
  return [Math.floor(least - MARGIN), Math.ceil(most + MARGIN)];
}
