// What an editor offers at a place: columns of the sources that the statement names, sources, queries,
// topics, functions, types and keywords, all as the engine has them.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

import type { CatalogNames, SourceNames, Vocabulary } from "../protocol";

/** How much more likely one is than another. */
const BOOST = { here: 40, column: 20, source: 10, function: 0, word: -10 } as const;
const OF_SOURCE = /\b(?:FROM|JOIN|INTO|DESCRIBE|EXTENDED|TABLE|STREAM)\s+[\w`]*$/iu;
const OF_QUERY = /\b(?:TERMINATE|PAUSE|RESUME|EXPLAIN)\s+\w*$/iu;
const OF_TOPIC = /\b(?:PRINT|KAFKA_TOPIC\s*=)\s*'[^']*$/iu;

export function completions(words: Vocabulary, catalog: () => CatalogNames) {
  const general: Completion[] = [
    ...words.functions.map(({ name, kind, doc, signatures }): Completion => ({
      label: name,
      type: "function",
      detail: kind === "scalar" ? "" : kind,
      info: () => described(signatures, doc),
      apply: `${name}(`,
      boost: BOOST.function,
    })),
    ...words.types.map((label): Completion => ({ label, type: "type", boost: BOOST.word })),
    ...words.keywords.filter((word) => !words.types.includes(word)).map((label): Completion => ({ label, type: "keyword", boost: BOOST.word })),
  ];
  return (context: CompletionContext): CompletionResult | null => {
    const { sources, queries } = catalog();
    const before = context.state.sliceDoc(Math.max(0, context.pos - 2000), context.pos);
    if (OF_TOPIC.test(before)) {
      const topics = new Set(sources.map(({ topic }) => topic));
      return { from: context.pos - (/[^']*$/u.exec(before)?.[0].length ?? 0), options: Array.from(topics, (label): Completion => ({ label, type: "constant", detail: "topic" })) };
    }
    const statement = statementAt(context.state.doc.toString(), context.pos);
    const member = context.matchBefore(/\w+\.[\w`]*/u);
    if (member !== null) {
      const [alias = ""] = member.text.split(".");
      const source = aliased(statement, alias, sources);
      if (source !== null) return { from: member.from + alias.length + 1, options: columns([source], BOOST.column) };
    }
    const word = context.matchBefore(/[\w`]+/u);
    if (word === null && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    if (OF_QUERY.test(before) && queries.length > 0) {
      return { from, options: [...queries.map((label): Completion => ({ label, type: "constant", detail: "query", boost: BOOST.here })), ...general] };
    }
    const isSource = OF_SOURCE.test(before);
    const named = sources.filter(({ name }) => mentions(statement, name));
    const options = [
      ...sources.map(({ name, kind }): Completion => ({ label: name, type: "class", detail: kind, boost: isSource ? BOOST.here : BOOST.source })),
      ...(isSource ? [] : columns(named, BOOST.column)),
      ...general,
    ];
    return { from, options, validFor: /^[\w`]*$/u };
  };
}

function columns(sources: readonly SourceNames[], boost: number): Completion[] {
  const found = new Map<string, Completion>();
  for (const { columns: list } of sources) {
    for (const { name, dataType, key } of list) {
      found.set(name, { label: name, type: "property", detail: key ? `${dataType} key` : dataType, boost });
    }
  }
  return [...found.values()];
}

/** The text between the semicolons around a place. */
function statementAt(text: string, at: number): string {
  const end = text.indexOf(";", at);
  return text.slice(text.lastIndexOf(";", at - 1) + 1, end < 0 ? text.length : end);
}

function mentions(statement: string, name: string): boolean {
  if (name.startsWith("`")) return statement.includes(name);
  return new RegExp(`\\b${name}\\b`, "iu").test(statement);
}

/** The source that `alias` stands for in `FROM source alias` or `JOIN source AS alias`. */
function aliased(statement: string, alias: string, sources: readonly SourceNames[]): SourceNames | null {
  const called = (name: string): SourceNames | null => sources.find((source) => source.name === name.toUpperCase() || source.name === name) ?? null;
  for (const [, source = "", other = ""] of statement.matchAll(/\b(?:FROM|JOIN)\s+([\w`]+)(?:\s+(?:AS\s+)?(\w+))?/giu)) {
    if (other.toUpperCase() === alias.toUpperCase()) return called(source);
  }
  return called(alias);
}

function described(signatures: readonly string[], doc: string): HTMLElement {
  const box = document.createElement("div");
  for (const text of signatures) {
    const line = document.createElement("code");
    line.textContent = text;
    box.append(line);
  }
  const text = document.createElement("p");
  text.textContent = doc;
  box.append(text);
  return box;
}
