// Single-key shortcuts: what they are, and which key means what.

export type Action =
  | { kind: "toggle" }
  | { kind: "step"; ms: number }
  | { kind: "back"; ms: number }
  | { kind: "faster" }
  | { kind: "slower" }
  | { kind: "help" };

/** For the help sheet. */
export const SHORTCUTS: ReadonlyArray<{ readonly keys: readonly string[]; readonly text: string }> = [
  { keys: ["Space"], text: "Play or pause" },
  { keys: ["."], text: "One second on" },
  { keys: [">"], text: "One minute on" },
  { keys: [","], text: "One minute back" },
  { keys: ["<"], text: "Ten minutes back" },
  { keys: ["+"], text: "Faster" },
  { keys: ["−"], text: "Slower" },
  { keys: ["?"], text: "This sheet" },
  { keys: ["←", "→"], text: "On the time line: a minute. On a chart: read its values" },
  { keys: ["Esc"], text: "Close the sheet, put the cross-hair away" },
];

/** What a key asks for; `null` where it belongs to the control that has the focus. */
export function actionOf(event: KeyboardEvent): Action | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement && target.closest("input:not([type=range], [type=radio]), select, textarea, [contenteditable], dialog") !== null) return null;
  const pressable = target instanceof HTMLElement && target.closest("button, a, summary, input, [role=region]") !== null;
  switch (event.key) {
    case " ":
      return pressable ? null : { kind: "toggle" };
    case ".":
      return { kind: "step", ms: 1000 };
    case ">":
      return { kind: "step", ms: 60_000 };
    case ",":
      return { kind: "back", ms: 60_000 };
    case "<":
      return { kind: "back", ms: 600_000 };
    case "+":
    case "=":
      return { kind: "faster" };
    case "-":
    case "−":
      return { kind: "slower" };
    case "?":
      return { kind: "help" };
    default:
      return null;
  }
}
