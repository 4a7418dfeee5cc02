// CodeMirror set up for SQL: our language, completion, squiggles, and keys that leave the keyboard to
// the page when a person wants it back. Knows nothing of labs.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { type Diagnostic as Squiggle, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";

import type { CatalogNames, Diagnostic, Vocabulary } from "../protocol";
import { completions } from "./complete";
import { ksql } from "./language";
import { Offsets } from "./offsets";

export interface Hooks {
  /** The text has changed. */
  readonly changed: () => void;
  readonly runStatement: () => void;
  readonly runAll: () => void;
  readonly catalog: () => CatalogNames;
}

/** `SG-0201` */
export const codeOf = (code: number): string => `SG-${String(code).padStart(4, "0")}`;

export class Editor {
  readonly #view: EditorView;
  readonly #extensions;

  constructor(parent: HTMLElement, root: Document | ShadowRoot, words: Vocabulary, hooks: Hooks, describedBy: string) {
    const run = (what: () => void) => (): boolean => {
      what();
      return true;
    };
    this.#extensions = [
      lineNumbers(),
      history(),
      drawSelection(),
      indentUnit.of("  "),
      EditorState.allowMultipleSelections.of(true),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      ksql(words),
      autocompletion({ override: [completions(words, hooks.catalog)], icons: false }),
      keymap.of([
        { key: "Shift-Mod-Enter", run: run(hooks.runAll) },
        { key: "Mod-Enter", run: run(hooks.runStatement) },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...lintKeymap,
        ...historyKeymap,
        { key: "Tab", run: acceptCompletion },
        // Escape, then Tab leaves the editor (CodeMirror's own rule), so Tab may indent.
        indentWithTab,
        ...defaultKeymap,
      ]),
      EditorView.contentAttributes.of({ "aria-label": "SQL", "aria-describedby": describedBy, spellcheck: "false", autocapitalize: "off", tabindex: "0" }),
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) hooks.changed();
      }),
    ];
    this.#view = new EditorView({ parent, root, state: this.#state("") });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Another text, with a history of its own. */
  open(text: string): void {
    this.#view.setState(this.#state(text));
  }

  /** Another text in the place of this one, which Undo brings back. */
  replace(text: string): void {
    const { doc, selection } = this.#view.state;
    if (text === doc.toString()) return;
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: Math.min(selection.main.head, text.length) } });
  }

  /** Where the cursor is, in units of UTF-16. */
  get cursor(): number {
    return this.#view.state.selection.main.head;
  }

  /** Puts the cursor to a place and the focus into the editor. */
  goTo(at: number): void {
    const place = Math.min(at, this.#view.state.doc.length);
    this.#view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
    this.#view.focus();
  }

  focus(): void {
    this.#view.focus();
  }

  /** Underlines what is wrong with the text as it is. */
  underline(diagnostics: readonly Diagnostic[], offsets: Offsets): void {
    const { length } = this.#view.state.doc;
    const squiggles = diagnostics.map((found): Squiggle => {
      const from = Math.min(offsets.unit(found.span.start), length);
      // A place without width is shown by the character before it, or behind it.
      const to = Math.max(Math.min(offsets.unit(found.span.end), length), Math.min(from + 1, length));
      return { from: from === to ? Math.max(0, from - 1) : from, to, severity: found.severity, message: found.message, renderMessage: () => message(found) };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, squiggles));
  }

  destroy(): void {
    this.#view.destroy();
  }

  #state(doc: string): EditorState {
    return EditorState.create({ doc, extensions: this.#extensions });
  }
}

/**
 * Text typed over a selection. Left to the browser, Chromium keeps the look of what it replaces by an
 * inline style, which a page's policy forbids.
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { main } = view.state.selection;
  const { data, inputType, isComposing } = event;
  if (inputType !== "insertText" || data === null || isComposing || main.empty) return false;
  const insert = (): ReturnType<EditorState["update"]> => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  // As CodeMirror does: what closes brackets has its say first.
  const taken = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, data, insert));
  if (!taken) view.dispatch(insert());
  event.preventDefault();
  return true;
}

function message({ code, message: text, help }: Diagnostic): HTMLElement {
  const box = document.createElement("div");
  const number = document.createElement("code");
  number.textContent = codeOf(code);
  box.append(number, ` ${text}`);
  if (help !== null) {
    const advice = document.createElement("p");
    advice.textContent = help;
    box.append(advice);
  }
  return box;
}
