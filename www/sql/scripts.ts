// The ready scripts: files of SQL, whose first comment is a title and a sentence.

export interface Script {
  /** The file's name without its ending. */
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  readonly text: string;
}

const files = import.meta.glob<string>("../scripts/*.sql", { query: "?raw", import: "default", eager: true });

/** The comment at the beginning of line `n`, from 0. */
const comment = (text: string, n: number): string => (text.split("\n", n + 1)[n] ?? "").replace(/^--\s*/u, "");

export const SCRIPTS: readonly Script[] = Object.entries(files)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, text]) => ({ id: path.replace(/^.*\/|\.sql$/gu, ""), title: comment(text, 0), sentence: comment(text, 1), text }));
