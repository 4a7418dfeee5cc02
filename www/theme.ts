// The theme: which one holds, and its colours as the worker's charts need them.

import type { ChartStyle } from "./protocol";

export type Theme = "auto" | "light" | "dark";

export const isTheme = (value: unknown): value is Theme => value === "auto" || value === "light" || value === "dark";

let pen: OffscreenCanvasRenderingContext2D | null = null;

/** Any opaque CSS colour as `#rrggbb`: a build may have written `#fff` for `#ffffff`. */
function hex(color: string): string {
  pen ??= new OffscreenCanvas(1, 1).getContext("2d");
  if (!pen) return color;
  pen.fillStyle = color;
  return pen.fillStyle;
}

type Colors = Pick<ChartStyle, "font" | "ink" | "line" | "surface" | "palette">;

/** Colours and font for a chart's picture, as the tokens at `element` have them. */
export function chartColors(element: Element): Colors {
  return colorsOf(element, [1, 2, 3, 4, 5, 6, 7].map((i) => `--series-${i}`));
}

/** The same for a panel: happened, delivered, the three lanes, marks. */
export function panelColors(element: Element): Colors {
  return colorsOf(element, ["--ink", "--ink-2", "--batch", "--lambda", "--kappa", "--late"]);
}

/** The same for the throughput of a sink: what is acknowledged, what is asked for. */
export function throughputColors(element: Element): Colors {
  return colorsOf(element, ["--accent", "--ink-2"]);
}

function colorsOf(element: Element, palette: readonly string[]): Colors {
  const style = getComputedStyle(element);
  const token = (name: string): string => hex(style.getPropertyValue(name).trim());
  return {
    font: style.fontFamily,
    ink: token("--ink-2"),
    line: token("--line"),
    surface: token("--card"),
    palette: palette.map(token),
  };
}
