// The dots that run along the edges: as fast as records flow, on a logarithmic scale. The browser
// moves them; here only their speed is set, once a tick.

const SPACING = 18;

/** Animations of the paths of one graph. */
export class Motion {
  readonly #animations = new Map<SVGPathElement, Animation>();
  readonly #reduced = matchMedia("(prefers-reduced-motion: reduce)");

  /** Sets how many records a second run along each path; all stand still unless `moving`. */
  set(paths: Iterable<SVGPathElement>, perSecond: (path: SVGPathElement) => number, moving: boolean): void {
    const seen = new Set<SVGPathElement>();
    for (const path of paths) {
      seen.add(path);
      this.#run(path, perSecond(path), moving && !this.#reduced.matches);
    }
    for (const [path, animation] of this.#animations) {
      if (seen.has(path)) continue;
      animation.cancel();
      this.#animations.delete(path);
    }
  }

  #run(path: SVGPathElement, perSecond: number, moving: boolean): void {
    path.classList.toggle("idle", perSecond <= 0);
    let animation = this.#animations.get(path);
    if (!moving || perSecond <= 0) {
      if (animation?.playState === "running") animation.pause();
      return;
    }
    if (animation === undefined) {
      animation = path.animate([{ strokeDashoffset: SPACING }, { strokeDashoffset: 0 }], {
        duration: 1000,
        iterations: Infinity,
        // Whole pixels: slow edges are painted as often as they move, not with every frame.
        easing: `steps(${SPACING})`,
      });
      this.#animations.set(path, animation);
    }
    const rate = Math.round((0.5 + Math.log10(1 + perSecond)) * 5) / 5;
    // Equal rates are not set again: that would restart the compositor's work for nothing.
    if (animation.playbackRate !== rate) animation.updatePlaybackRate(rate);
    if (animation.playState !== "running") animation.play();
  }
}
