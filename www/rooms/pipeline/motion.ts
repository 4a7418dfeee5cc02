// The dots that run along the edges: as fast as records flow, on a logarithmic scale. Each is an
// element that only its transform moves, so the compositor does it alone: with a dashed stroke the
// main thread would paint every frame. Here only their speed is set, once a tick. One an edge: in each
// frame that anything changes the browser computes the style of every one that runs.

import type { Track } from "./layout";

/** Pixels a second at rate 1. */
const PACE = 18;
/** Points that a curve is followed by. */
const SAMPLES = 12;

interface Edge {
  readonly dot: HTMLElement;
  readonly animation: Animation;
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
    for (const { animation } of this.#edges) animation.cancel();
    this.#box?.replaceChildren();
    this.#box = box;
    this.#tracks = tracks;
    this.#edges = box === null ? [] : tracks.map(edgeOf);
    box?.replaceChildren(...this.#edges.map(({ dot }) => dot));
  }
}

function edgeOf(track: Track, place: number): Edge {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", track);
  const length = path.getTotalLength();
  const keyframes = Array.from({ length: SAMPLES + 1 }, (_, i): Keyframe => {
    const { x, y } = path.getPointAtLength((length * i) / SAMPLES);
    return { transform: `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)` };
  });
  const dot = document.createElement("i");
  dot.hidden = true;
  // Each begins elsewhere: edges of one length would keep step.
  const animation = dot.animate(keyframes, { duration: (length / PACE) * 1000, iterations: Infinity, iterationStart: (place * 0.618) % 1 });
  animation.pause();
  return { dot, animation, rate: 1 };
}

function run(edge: Edge, perSecond: number, moving: boolean): void {
  const idle = perSecond <= 0;
  if (edge.dot.hidden !== idle) edge.dot.hidden = idle;
  const rate = 0.5 + Math.log10(1 + perSecond);
  // A small difference is not seen, and setting it would restart the compositor's work.
  const changed = Math.abs(rate - edge.rate) > 0.4;
  const { animation } = edge;
  if (!moving || idle) {
    if (animation.playState === "running") animation.pause();
    return;
  }
  if (changed) {
    animation.updatePlaybackRate(rate);
    edge.rate = rate;
  }
  if (animation.playState !== "running") animation.play();
}
