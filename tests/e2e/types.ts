// The element is what the npm package's types say it is; not run, only checked.
import type * as pkg from "../../pkg/element.js";
import type * as www from "../../www/element.ts";

type Public = Omit<pkg.StreamGlass, "addEventListener">;
/** An error here: pkg/element.d.ts promises what www/element.ts does not have. */
export const promised = (element: www.StreamGlass): Public => element;
/** An error here: an event is named or typed in one of them only. */
export const sameEvents = (name: keyof www.StreamGlassEventMap): keyof pkg.StreamGlassEventMap => name;
