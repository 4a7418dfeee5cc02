// JSON as a person reads it: indented, with quiet colours, made of text nodes only, so that nothing
// in a record can become markup.

import { type TemplateResult, html } from "lit";

type Kind = "name" | "text" | "number" | "word" | "mark";

interface Piece {
  readonly kind: Kind;
  readonly text: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]|\s+|./gsu;

/** The value as coloured, indented lines. Text that is no JSON, like a cut one, is shown as it is. */
export function json(text: string): TemplateResult {
  const parsed = indent(text);
  if (parsed === null) return html`<span>${text}</span>`;
  return html`${pieces(parsed).map(({ kind, text: part }) =>
    kind === "mark" ? part : html`<span class=${`json-${kind}`}>${part}</span>`,
  )}`;
}

function indent(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return text;
    return print(value, "");
  } catch {
    return null;
  }
}

/** Like `JSON.stringify(value, null, 2)`, but short lists stay on one line. */
function print(value: unknown, margin: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== "object" || value === null) return flat;
  if (Array.isArray(value) && flat.length <= 64) return flat.replaceAll(",", ", ");
  const inner = `${margin}  `;
  const lines = Array.isArray(value)
    ? value.map((item: unknown) => inner + print(item, inner))
    : Object.entries(value).map(([name, item]: [string, unknown]) => `${inner}${JSON.stringify(name)}: ${print(item, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return lines.length === 0 ? open + close : `${open}\n${lines.join(",\n")}\n${margin}${close}`;
}

function pieces(text: string): Piece[] {
  const found = text.match(TOKEN) ?? [];
  return found.map((token, i): Piece => {
    const first = token.charAt(0);
    if (first === '"') return { kind: found[i + 1] === ":" ? "name" : "text", text: token };
    if (/[-\d]/u.test(first)) return { kind: "number", text: token };
    if (/^(?:true|false|null)$/u.test(token)) return { kind: "word", text: token };
    return { kind: "mark", text: token };
  });
}
