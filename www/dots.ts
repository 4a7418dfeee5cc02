// The dots that run along the edges of the flow. The worker draws them, so that no frame of the page
// waits for them and none of them is an element whose style the page computes in every frame.

/** Where dots can run, and how they look. Pixels of CSS unless said otherwise. */
export interface DotScene {
  /** For each edge its points at even distances: x, y, x, y, … */
  readonly tracks: readonly Float32Array[];
  readonly width: number;
  readonly height: number;
  /** Device pixels in a pixel. */
  readonly scale: number;
  readonly color: string;
}

/** How dots move: as fast as records flow, on a logarithmic scale. */
export interface DotPace {
  /** Records a second, for each edge; none run where it is 0. */
  readonly perSecond: readonly number[];
  /** Whether they run; else they stand where they are. */
  readonly moving: boolean;
  /** Whether the engine, whose thread this is, works as fast as it can. */
  readonly busy: boolean;
}

/** Distance between the points of a track. */
export const STEP = 6;
/** Pixels a second at rate 1. */
const PACE = 18;
/** Distance between the dots of an edge. */
const APART = 56;
const RADIUS = 2.5;
/** The least time between two pictures: with more, small dots do not run smoother. */
const FRAME_MS = 1000 / 30 - 4;
/** The same for a busy engine: thirty pictures a second would take a tenth of what it can do. */
const BUSY_FRAME_MS = 1000 / 12 - 4;

/** The dots of one graph. */
export class Dots {
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #scene: DotScene | null = null;
  #pace: DotPace = { perSecond: [], moving: false, busy: false };
  /** How far the first dot of each edge has come. */
  #run: number[] = [];
  #last = 0;
  #frame = 0;

  /** Takes a canvas to draw on from now on, if there is a new one, and what is to be drawn. */
  show(canvas: OffscreenCanvas | null, scene: DotScene): void {
    if (canvas !== null) this.#context = canvas.getContext("2d");
    this.#scene = scene;
    // Each edge begins elsewhere: those of one length would keep step.
    this.#run = scene.tracks.map((_, edge) => this.#run[edge] ?? edge * 0.618 * APART);
    if (this.#context !== null) {
      this.#context.canvas.width = Math.ceil(scene.width * scene.scale);
      this.#context.canvas.height = Math.ceil(scene.height * scene.scale);
    }
    this.#draw();
  }

  pace(pace: DotPace): void {
    this.#pace = pace;
    if (!pace.moving) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#draw();
    } else if (this.#frame === 0) {
      this.#last = performance.now();
      this.#frame = requestAnimationFrame(this.#step);
    }
  }

  #step = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#step);
    const passed = now - this.#last;
    if (passed < (this.#pace.busy ? BUSY_FRAME_MS : FRAME_MS)) return;
    this.#last = now;
    // After a long pause of the browser's they go on from where they were.
    const seconds = Math.min(passed, 150) / 1000;
    this.#run = this.#run.map((run, edge) => run + PACE * rate(this.#pace.perSecond[edge]) * seconds);
    this.#draw();
  };

  #draw(): void {
    const [context, scene] = [this.#context, this.#scene];
    if (context === null || scene === null) return;
    context.setTransform(scene.scale, 0, 0, scene.scale, 0, 0);
    context.clearRect(0, 0, scene.width, scene.height);
    context.fillStyle = scene.color;
    context.beginPath();
    scene.tracks.forEach((track, edge) => {
      if ((this.#pace.perSecond[edge] ?? 0) <= 0) return;
      const length = (track.length / 2 - 1) * STEP;
      // As many as have room, at even distances round the end of the track to its beginning.
      const dots = Math.max(1, Math.round(length / APART));
      for (let dot = 0; dot < dots; dot += 1) {
        const at = (((this.#run[edge] ?? 0) + (dot * length) / dots) % length) / STEP;
        const [i, part] = [2 * Math.floor(at), at % 1];
        const x = between(track[i], track[i + 2], part);
        const y = between(track[i + 1], track[i + 3], part);
        context.moveTo(x + RADIUS, y);
        context.arc(x, y, RADIUS, 0, 2 * Math.PI);
      }
    });
    context.fill();
  }
}

const rate = (perSecond = 0): number => (perSecond > 0 ? 0.5 + Math.log10(1 + perSecond) : 0);

const between = (from = 0, to = from, part: number): number => from + (to - from) * part;
