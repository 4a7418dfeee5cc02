// Where the nodes and edges of a dataflow lie. Pure geometry: no DOM.

import type { Flow } from "../../protocol";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** In the order of the flow's nodes. */
  readonly boxes: readonly Box[];
  /** Paths in SVG's syntax, in the order of the flow's edges. */
  readonly paths: readonly string[];
  /** In rails: where each node's dot is. Empty in layers. */
  readonly dots: ReadonlyArray<readonly [number, number]>;
  /** The order in which nodes are read. */
  readonly order: readonly number[];
  readonly height: number;
}

const NODE_HEIGHT = 58;
const ROW = 70;
/** The least room for an edge between two layers. */
const GAP = 28;
const NODE_WIDTH = { least: 92, most: 182 };

const RAIL_ROW = 52;
const RAIL = 18;
const RAIL_LEFT = 14;

interface Graph {
  readonly children: readonly number[][];
  readonly parents: readonly number[][];
}

function graph(flow: Flow): Graph {
  const children: number[][] = flow.nodes.map(() => []);
  const parents: number[][] = flow.nodes.map(() => []);
  for (const [from, to] of flow.edges) {
    children[from]?.push(to);
    parents[to]?.push(from);
  }
  return { children, parents };
}

/** The layer of each node: the length of the longest way to it. */
function layers(flow: Flow, { parents }: Graph): number[] {
  const layer: number[] = [];
  flow.nodes.forEach((_, i) => {
    layer[i] = Math.max(-1, ...(parents[i] ?? []).map((p) => layer[p] ?? -1)) + 1;
  });
  return layer;
}

/** The narrowest width at which `layered` is readable. */
export function layeredWidth(flow: Flow): number {
  const count = Math.max(0, ...layers(flow, graph(flow))) + 1;
  return count * NODE_WIDTH.least + (count - 1) * GAP;
}

/** Left to right: a column for each layer, each node as high as the middle of what it feeds. */
export function layered(flow: Flow, width: number): Layout {
  const links = graph(flow);
  const layer = layers(flow, links);
  const columns = Math.max(0, ...layer) + 1;
  const nodeWidth = Math.min(NODE_WIDTH.most, Math.max(NODE_WIDTH.least, (width - (columns - 1) * (GAP + 12)) / columns));
  const pitch = columns > 1 ? (width - nodeWidth) / (columns - 1) : 0;
  const rows = spread(rowsOf(flow, links, layer), layer);
  const least = Math.min(...rows);
  const height = (Math.max(...rows) - least) * ROW + NODE_HEIGHT;
  const boxes = flow.nodes.map((_, i): Box => ({
    left: Math.round((layer[i] ?? 0) * pitch),
    top: Math.round(((rows[i] ?? 0) - least) * ROW),
    width: Math.round(nodeWidth),
    height: NODE_HEIGHT,
  }));
  const paths = flow.edges.map(([from, to]) => bend(boxes[from], boxes[to]));
  return { boxes, paths, dots: [], order: flow.nodes.map((_, i) => i), height };
}

/**
 * A row for each node, amid its children's: each branch as high as the branches above it allow, so
 * that short ones lie beside long ones (the contours of Reingold and Tilford's tree drawing).
 */
function rowsOf(flow: Flow, { children, parents }: Graph, layer: readonly number[]): number[] {
  const rows: number[] = [];
  // The first free row of each layer, over all that is placed.
  const free: number[] = [];
  const placed: boolean[] = [];
  const place = (node: number): void => {
    placed[node] = true;
    const own = (children[node] ?? []).filter((child) => placed[child] !== true);
    for (const child of own) if (placed[child] !== true) place(child);
    const column = layer[node] ?? 0;
    const below = own.map((child) => rows[child] ?? 0);
    const middle = below.length === 0 ? 0 : (Math.min(...below) + Math.max(...below)) / 2;
    const row = Math.max(middle, free[column] ?? 0);
    // A node that does not fit amid its children takes their branch along.
    if (below.length > 0 && row > middle) shift(own, row - middle);
    rows[node] = row;
    free[column] = row + 1;
  };
  const shift = (nodes: readonly number[], by: number): void => {
    for (const node of nodes) {
      rows[node] = (rows[node] ?? 0) + by;
      const column = layer[node] ?? 0;
      free[column] = Math.max(free[column] ?? 0, (rows[node] ?? 0) + 1);
      shift((children[node] ?? []).filter((child) => parents[child]?.[0] === node), by);
    }
  };
  flow.nodes.forEach((_, i) => {
    if ((parents[i] ?? []).length === 0 && placed[i] !== true) place(i);
  });
  return rows;
}

/** Pushes nodes of one layer apart that would lie on each other, as joins can make them. */
function spread(rows: readonly number[], layer: readonly number[]): number[] {
  const result = [...rows];
  for (let column = 0; column <= Math.max(0, ...layer); column += 1) {
    const members = result.map((_, i) => i).filter((i) => layer[i] === column);
    members.sort((a, b) => (result[a] ?? 0) - (result[b] ?? 0));
    for (let k = 1; k < members.length; k += 1) {
      const [above, here] = [members[k - 1] ?? 0, members[k] ?? 0];
      result[here] = Math.max(result[here] ?? 0, (result[above] ?? 0) + 1);
    }
  }
  return result;
}

function bend(from: Box | undefined, to: Box | undefined): string {
  if (from === undefined || to === undefined) return "";
  const [x1, y1] = [from.left + from.width, from.top + from.height / 2];
  const [x2, y2] = [to.left, to.top + to.height / 2];
  // The bend is just before the target, so that long edges run straight and do not cut corners.
  const c = Math.min(40, (x2 - x1) / 2);
  const x0 = x2 - 2 * c;
  return `M${x1} ${y1}H${x0}C${x0 + c} ${y1} ${x2 - c} ${y2} ${x2} ${y2}`;
}

/** Top to bottom: one row a node, with rails at the left like a branching history's. */
export function rails(flow: Flow): Layout {
  const links = graph(flow);
  const order: number[] = [];
  const rail: number[] = [];
  const visit = (node: number, on: number): void => {
    if (rail[node] !== undefined) return;
    rail[node] = on;
    order.push(node);
    // The longest branch goes on straight, below the others.
    const next = [...(links.children[node] ?? [])].sort((a, b) => size(links, a) - size(links, b));
    next.forEach((child, k) => visit(child, k === next.length - 1 ? on : on + 1));
  };
  flow.nodes.forEach((_, i) => {
    if ((links.parents[i] ?? []).length === 0) visit(i, 0);
  });
  const widest = Math.max(0, ...rail);
  const row: number[] = [];
  order.forEach((node, k) => (row[node] = k));
  const dots = flow.nodes.map((_, i) => [RAIL_LEFT + (rail[i] ?? 0) * RAIL, (row[i] ?? 0) * RAIL_ROW + RAIL_ROW / 2] as const);
  const boxes = flow.nodes.map((_, i): Box => ({
    left: RAIL_LEFT + widest * RAIL + 18,
    top: (row[i] ?? 0) * RAIL_ROW,
    width: 0,
    height: RAIL_ROW,
  }));
  const paths = flow.edges.map(([from, to]) => {
    const [x1, y1] = dots[from] ?? [0, 0];
    const [x2, y2] = dots[to] ?? [0, 0];
    if (x1 === x2) return `M${x1} ${y1}V${y2}`;
    const turn = y2 - 22;
    return `M${x1} ${y1}V${turn}C${x1} ${y2 - 6} ${x2} ${turn + 6} ${x2} ${y2}`;
  });
  return { boxes, paths, dots, order, height: order.length * RAIL_ROW };
}

/** How many nodes a node leads to, itself included; joins count more than once. */
function size({ children }: Graph, node: number): number {
  return (children[node] ?? []).reduce((sum, child) => sum + size({ children, parents: [] }, child), 1);
}
