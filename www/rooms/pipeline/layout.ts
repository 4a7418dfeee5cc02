// Where the nodes and edges of a dataflow lie. Pure geometry: no DOM.

import type { Flow } from "../../protocol";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A path in SVG's syntax. */
export type Track = string;

export interface Layout {
  /** In the order of the flow's nodes. */
  readonly boxes: readonly Box[];
  /** In the order of the flow's edges. */
  readonly paths: readonly Track[];
  /** In rails: where each node's dot is. Empty in layers. */
  readonly dots: ReadonlyArray<readonly [number, number]>;
  /** The order in which nodes are read. */
  readonly order: readonly number[];
  readonly height: number;
}

const NODE_HEIGHT = 64;
const ROW = 76;
/** The least room for an edge between two layers. */
const GAP = 28;
const NODE_WIDTH = { least: 92, most: 182 };

const RAIL_ROW = 46;
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
  const nodeWidth = Math.min(NODE_WIDTH.most, Math.max(NODE_WIDTH.least, (width - (columns - 1) * GAP) / columns));
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
 * A row for each node. The heaviest way through the flow runs straight; what branches off lies above
 * and below it in turn, as near as what is there already allows in each layer (the contours of
 * Reingold and Tilford's tree drawing). A node with many parents belongs to the first.
 */
function rowsOf(flow: Flow, links: Graph, layer: readonly number[]): number[] {
  const rows: number[] = flow.nodes.map(() => 0);
  const taken: boolean[] = [];
  const place = (node: number): Branch => {
    taken[node] = true;
    const own = (links.children[node] ?? []).filter((child) => taken[child] !== true);
    for (const child of own) taken[child] = true;
    const branches = own.map(place);
    const weights = own.map((child) => size(links, child));
    const heaviest = Math.max(0, ...weights);
    const equals = weights.flatMap((weight, i) => (weight === heaviest ? [i] : []));
    const main = equals[Math.floor((equals.length - 1) / 2)] ?? 0;
    const others = branches.map((_, i) => i).filter((i) => i !== main);
    const above = others.slice(0, Math.floor(others.length / 2));
    const all: Branch = { nodes: [node], least: new Map([[layer[node] ?? 0, 0]]), most: new Map([[layer[node] ?? 0, 0]]) };
    const take = (branch: Branch | undefined, by: number): void => {
      if (branch === undefined) return;
      for (const member of branch.nodes) rows[member] = (rows[member] ?? 0) + by;
      for (const [column, row] of branch.least) all.least.set(column, Math.min(all.least.get(column) ?? Infinity, row + by));
      for (const [column, row] of branch.most) all.most.set(column, Math.max(all.most.get(column) ?? -Infinity, row + by));
      all.nodes.push(...branch.nodes);
    };
    take(branches[main], 0);
    for (const i of [...above].reverse()) take(branches[i], -distance(all.least, branches[i]?.most, -1));
    for (const i of others.filter((other) => !above.includes(other))) take(branches[i], distance(all.most, branches[i]?.least, 1));
    return all;
  };
  flow.nodes.forEach((_, i) => {
    if ((links.parents[i] ?? []).length === 0 && taken[i] !== true) place(i);
  });
  return rows;
}

/** A node and what it leads to, with the first and the last row of each layer, from the node's own. */
interface Branch {
  readonly nodes: number[];
  readonly least: Map<number, number>;
  readonly most: Map<number, number>;
}

/** How far a branch must move, up (−1) or down (1), to lie beside what has the contour `of`. */
function distance(of: ReadonlyMap<number, number>, edge: ReadonlyMap<number, number> | undefined, way: 1 | -1): number {
  let far = 0;
  for (const [column, row] of edge ?? []) {
    const there = of.get(column);
    if (there !== undefined) far = Math.max(far, way * (there - row) + 1);
  }
  return far;
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
