// ksqlDB's SQL for the editor. Only the shape of tokens is here: which words are keywords, types and
// functions the engine says (`Vocabulary`).

import { type StreamParser, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tagHighlighter, tags } from "@lezer/highlight";

import type { Vocabulary } from "../protocol";

interface State {
  /** What ends the token that goes on over the end of a line. */
  open: "*/" | "'" | "`" | '"' | null;
}

const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/u;
const WORD = /^[A-Za-z_][\w@]*/u;

const highlighter = tagHighlighter([
  { tag: tags.keyword, class: "sql-keyword" },
  { tag: tags.typeName, class: "sql-type" },
  { tag: tags.function(tags.variableName), class: "sql-function" },
  { tag: tags.string, class: "sql-string" },
  { tag: tags.number, class: "sql-number" },
  { tag: tags.comment, class: "sql-comment" },
  { tag: tags.macroName, class: "sql-variable" },
]);

export function ksql({ keywords, types, functions }: Vocabulary): Extension {
  const isKeyword = new Set(keywords);
  const isType = new Set(types);
  const isFunction = new Set(functions.map(({ name }) => name));
  const parser: StreamParser<State> = {
    name: "ksqldb",
    startState: () => ({ open: null }),
    copyState: (state) => ({ ...state }),
    languageData: {
      commentTokens: { line: "--", block: { open: "/*", close: "*/" } },
      closeBrackets: { brackets: ["(", "[", "'", "`"] },
    },
    token(stream, state) {
      if (state.open !== null) return rest(state.open);
      if (stream.eatSpace()) return null;
      if (stream.match("--")) {
        stream.skipToEnd();
        return "comment";
      }
      if (stream.match("/*")) return rest("*/");
      for (const quote of ["'", "`", '"'] as const) if (stream.match(quote)) return rest(quote);
      if (stream.match(/^\$\{\w*\}?/u)) return "macroName";
      if (stream.match(NUMBER)) return "number";
      const word = stream.match(WORD);
      if (word === null || word === true) {
        stream.next();
        return null;
      }
      const upper = (word as RegExpMatchArray)[0].toUpperCase();
      if (isFunction.has(upper) && stream.match(/^\s*\(/u, false)) return "variableName.function";
      if (isType.has(upper)) return "typeName";
      return isKeyword.has(upper) ? "keyword" : "variableName";

      function rest(end: NonNullable<State["open"]>): string {
        state.open = end;
        while (!stream.eol()) {
          if (stream.match(end)) {
            state.open = null;
            break;
          }
          stream.next();
        }
        if (end === "*/") return "comment";
        return end === "'" ? "string" : "variableName";
      }
    },
  };
  return [StreamLanguage.define(parser), syntaxHighlighting(highlighter)];
}
