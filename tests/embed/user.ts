// What a user of the npm package writes, as far as types see it: checked after the package is built.
import type { StreamGlass, Tick } from "../../pkg/element.js";

export function watch(element: StreamGlass): void {
  element.speed = null;
  element.addEventListener("tick", (event) => show(event.detail));
  element.addEventListener("error", (event) => show(event.detail.message.length));
  element.addEventListener("click", (event) => show(event.type.length));
  document.querySelector("stream-glass")?.seek(0);
  // @ts-expect-error: a speed is a number or null, not text
  element.speed = "60";
  // @ts-expect-error: a tick has no such member
  element.addEventListener("tick", (event) => event.detail.nonsense);
}

function show(_: Tick | number): void {}
