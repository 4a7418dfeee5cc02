// ksqlDB's SQL for the editor. Only the shape of tokens is here: which words are keywords, types and
// functions the engine says (`Vocabulary`).

import { type StreamParser, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tagHighlighter, tags } from "@lezer/highlight";

import type { Vocabulary } from "../protocol";

interface State {
  /** What ends the token that goes on over the end of a line. */
  open: "*/" | "'" | "`" | '"' | null;
  /** The word in upper case or the sign before, without comments. */
  last: string;
}

/** Behind these stands an expression or a name: a word that is not reserved is a name there. */
const BEFORE_NAMES = new Set(
  "( , . + - * / % = < > ! | [ SELECT DISTINCT BY WHERE AND OR NOT ON WHEN THEN ELSE CASE HAVING AS FROM JOIN INTO IN BETWEEN LIKE STREAM TABLE EXISTS TYPE DESCRIBE".split(" "),
);
/** Where a name could stand too, what comes next tells that these are keywords. */
const KEYWORD_BEFORE = new Map([
  ["GRACE", /^\s+PERIOD\b/iu],
  ["REPLACE", /^\s+(?:STREAM|TABLE|SOURCE)\b/iu],
  ["IF", /^\s+(?:NOT\s+)?EXISTS\b/iu],
]);
/** Behind `ARRAY`, `MAP` and `STRUCT` where they are no names. */
const CONSTRUCTOR = /^\s*[(<[]/u;

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

export function ksql({ keywords, canBeNames, types, functions }: Vocabulary): Extension {
  const isKeyword = new Set(keywords);
  const canBeName = new Set(canBeNames);
  const isType = new Set(types);
  const isFunction = new Set(functions.map(({ name }) => name));
  const parser: StreamParser<State> = {
    name: "ksqldb",
    startState: () => ({ open: null, last: ";" }),
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
      if (stream.match(NUMBER)) {
        state.last = "0";
        return "number";
      }
      const word = stream.match(WORD);
      if (word === null || word === true) {
        state.last = stream.next() ?? "";
        return null;
      }
      const upper = (word as RegExpMatchArray)[0].toUpperCase();
      const before = state.last;
      state.last = upper;
      if (isFunction.has(upper) && stream.match(/^\s*\(/u, false)) return "variableName.function";
      const proof = KEYWORD_BEFORE.get(upper) ?? CONSTRUCTOR;
      const isName = canBeName.has(upper) && BEFORE_NAMES.has(before) && !stream.match(proof, false);
      if (isType.has(upper) && (!isName || before === "AS" || before === "<")) return "typeName";
      return isKeyword.has(upper) && !isName ? "keyword" : "variableName";

      function rest(end: NonNullable<State["open"]>): string {
        state.open = end;
        if (end !== "*/") state.last = end;
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
