// The rooms that there are: what each is called, and the chunk that has it, loaded when the room is
// first shown. A new room is a line here and a module that exports `room`.

import type { CSSResult, TemplateResult } from "lit";

import type { PartUrls } from "../messages";
import type { Command } from "../protocol";
import type { Lab } from "../lab";

/** How much of a room is shown. */
export type Controls = "full" | "minimal" | "none";

/** What a room is given. */
export interface RoomProps {
  readonly lab: Lab;
  readonly controls: Controls;
  /** The scheme in force, `light` or `dark`: for what is not drawn by CSS. */
  readonly theme: string;
  /** How a room with an engine of its own begins. */
  readonly wasmUrl: string;
  /** Where the parts of the engine are that this room needs and the lab does not. */
  readonly partUrls: PartUrls;
  readonly experiment: string;
  readonly seed: number;
  readonly speed: number | null;
  readonly autoplay: boolean;
  /** Whether anyone can see it. */
  readonly shown: boolean;
  /** Aborted when the element leaves the document: what a room keeps while another is shown ends then. */
  readonly life: AbortSignal;
}

/** The commands that move time, the same in every engine. */
export type Timing = Extract<Command, { type: "play" | "pause" | "step" | "speed" | "seek" }>;

/** A room that moves time in an engine of its own. */
export interface Hands {
  send(command: Timing): void;
  readonly now: { readonly clockMs: number; readonly playing: boolean; readonly speed: number | null } | null;
}

/** What a room's module exports as `room`. */
export interface RoomView {
  readonly view: (props: RoomProps) => TemplateResult;
  /** Style sheets of its own, beside those that all rooms share. */
  readonly styles?: readonly CSSResult[];
}

interface Entry {
  readonly title: string;
  /** Whether it shows the lab; else it has an engine of its own. */
  readonly lab: boolean;
  readonly load: () => Promise<{ readonly room: RoomView }>;
}

export const ROOMS = {
  pipeline: { title: "Pipeline", lab: true, load: () => import("./pipeline/room") },
  architectures: { title: "Architectures", lab: false, load: () => import("./architectures/room") },
  connect: { title: "Connect", lab: false, load: () => import("./connect/room") },
} as const satisfies Record<string, Entry>;

export type Room = keyof typeof ROOMS;

export const DEFAULT_ROOM: Room = "pipeline";

/** Whether there is a room of this name. */
export function isRoom(name: unknown): name is Room {
  return typeof name === "string" && Object.keys(ROOMS).includes(name);
}

const loaded = new Map<Room, RoomView>();

/** A room whose chunk is there. */
export function roomView(room: Room): RoomView | undefined {
  return loaded.get(room);
}

/** Loads a room's chunk; a failure is not kept, so that asking anew tries anew. */
export async function loadRoom(room: Room): Promise<void> {
  const module = await ROOMS[room].load();
  loaded.set(room, module.room);
}
