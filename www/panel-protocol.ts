// Generated from src/chart/panel.rs by its test: `UPDATE=1 cargo test chart::panel`.

import type { ChartStyle } from "./protocol";

/**
 * Which panel.
 */
export type PanelId = "answer" | "error" | "age" | "work";

/**
 * What the shell tells a panel's canvas.
 */
export type PanelStyle = { 
/**
 * Size and colours. The palette is: happened, delivered, batch ETL, lambda, kappa, marks.
 */
chart: ChartStyle, 
/**
 * Where the plot area begins, in CSS pixels from the left edge.
 */
left: number, 
/**
 * Where it ends, in CSS pixels from the right edge.
 */
right: number, 
/**
 * Whether times are written below.
 */
times: boolean, };
