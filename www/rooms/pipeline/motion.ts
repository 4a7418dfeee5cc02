// The dots that run along the edges: as fast as records flow, on a logarithmic scale. Each is an
// element that only its transform moves, so the compositor does it alone: with a dashed stroke the
// main thread would paint every frame. Here only their speed is set, once a tick.

import type { Track } from "./layout";

/** Pixels between two dots of an edge. */
const SPACING = 26;
/** Every dot is a layer of the compositor's: long edges have them sparser. */
const MOST = 3;
/** Pixels a second at rate 1. */
const PACE = 18;
/** Points that a curve is followed by. */
const SAMPLES = 12;

interface Edge {
  readonly dots: readonly HTMLElement[];
  readonly animations: readonly Animation[];
  rate: number;
}

/** The dots of one graph. */
export class Motion {
  #edges: Edge[] = [];
  #tracks: readonly Track[] = [];
  #box: Element | null = null;
  readonly #reduced = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * Keeps dots in `box` for each of `tracks`, and sets how many records a second run along each; all
   * stand still unless `moving`.
   */
  set(box: Element | null, tracks: readonly Track[], perSecond: (edge: number) => number, moving: boolean): void {
    if (box !== this.#box || tracks !== this.#tracks) this.#lay(box, tracks);
    const runs = moving && !this.#reduced.matches;
    this.#edges.forEach((edge, i) => run(edge, perSecond(i), runs));
  }

  #lay(box: Element | null, tracks: readonly Track[]): void {
    for (const { animations } of this.#edges) for (const animation of animations) animation.cancel();
    this.#box?.replaceChildren();
    this.#box = box;
    this.#tracks = tracks;
    this.#edges = box === null ? [] : tracks.map(edgeOf);
    box?.replaceChildren(...this.#edges.flatMap(({ dots }) => dots));
  }
}

function edgeOf(track: Track): Edge {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", track);
  const length = path.getTotalLength();
  const n = Math.max(1, Math.min(MOST, Math.round(length / SPACING)));
  const keyframes = Array.from({ length: SAMPLES + 1 }, (_, i): Keyframe => {
    const { x, y } = path.getPointAtLength((length * i) / SAMPLES);
    return { transform: `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)` };
  });
  const dots = Array.from({ length: n }, () => document.createElement("i"));
  const duration = (length / PACE) * 1000;
  const animations = dots.map((dot, i) => {
    const animation = dot.animate(keyframes, { duration, iterations: Infinity, iterationStart: i / n });
    animation.pause();
    return animation;
  });
  for (const dot of dots) dot.hidden = true;
  return { dots, animations, rate: 1 };
}

function run(edge: Edge, perSecond: number, moving: boolean): void {
  const idle = perSecond <= 0;
  for (const dot of edge.dots) if (dot.hidden !== idle) dot.hidden = idle;
  const rate = 0.5 + Math.log10(1 + perSecond);
  // A small difference is not seen, and setting it would restart the compositor's work.
  const changed = Math.abs(rate - edge.rate) > 0.4;
  for (const animation of edge.animations) {
    if (!moving || idle) {
      if (animation.playState === "running") animation.pause();
      continue;
    }
    if (changed) animation.updatePlaybackRate(rate);
    if (animation.playState !== "running") animation.play();
  }
  if (moving && !idle && changed) edge.rate = rate;
}
