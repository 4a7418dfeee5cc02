// The demo page: its rooms, its theme switch and its help button. Everything else is the element's.

import "./element";

import { DEFAULT_ROOM, ROOMS, type Room, isRoom } from "./rooms/registry";
import { type Theme, isTheme } from "./theme";

const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const NAMES: Record<Theme, string> = { auto: "as the system", light: "light", dark: "dark" };

function find<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

const lab = document.querySelector("stream-glass");
const button = find("#theme", HTMLButtonElement);

function setTheme(theme: Theme): void {
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  if (lab !== null) lab.theme = theme;
  button.dataset["choice"] = theme;
  button.setAttribute("aria-label", `Theme: ${NAMES[theme]}. Change to ${NAMES[NEXT[theme]]}`);
  button.title = `Theme: ${NAMES[theme]}`;
}

button.addEventListener("click", () => {
  const now = button.dataset["choice"];
  setTheme(NEXT[isTheme(now) ? now : "auto"]);
});
find("#help", HTMLButtonElement).addEventListener("click", () => lab?.showHelp());
// A link can ask for a theme; nothing is stored.
const asked = new URLSearchParams(location.search).get("theme");
setTheme(isTheme(asked) ? asked : "auto");

/**
 * The room that the address names, and the experiment or the shared run in it: `#architectures/late-data`,
 * `#architectures/crash?v=1&grace=30s`, `#room=pipeline`.
 */
function roomOf(address: Location): { readonly room: Room; readonly experiment: string } {
  const [, first = "", experiment = ""] = /^#?([^/?]*)\/?(.*)$/.exec(address.hash) ?? [];
  const named = new URLSearchParams(first).get("room") ?? first;
  return isRoom(named) ? { room: named, experiment } : { room: DEFAULT_ROOM, experiment: "" };
}

const nav = find("nav", HTMLElement);
const links = Object.entries(ROOMS).map(([room, { title }]) => {
  const link = document.createElement("a");
  link.href = `#${room}`;
  link.textContent = title;
  return { room, link };
});

function showRoom(): void {
  const { room: now, experiment } = roomOf(location);
  if (lab !== null) {
    lab.room = now;
    if (experiment !== "") lab.experiment = experiment;
  }
  for (const { room, link } of links) {
    if (room === now) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

nav.replaceChildren(...links.map(({ link }) => link));
addEventListener("hashchange", showRoom);
// A link to what is shown, without a step in the history for each.
lab?.addEventListener("experiment", ({ detail }) => {
  if (lab.room === roomOf(location).room) history.replaceState(null, "", `#${lab.room}/${detail.experiment}`);
});
showRoom();
