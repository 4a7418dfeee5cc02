// Style sheets that come with a chunk, for the element's shadow tree.

import type { CSSResult } from "lit";

/** Adds style sheets to a tree; what it has adopted before stays, and none is there twice. */
export function adopt(root: Node, styles: readonly CSSResult[]): void {
  if (!(root instanceof ShadowRoot)) return;
  const sheets = styles.map(({ styleSheet }) => styleSheet).filter((sheet) => sheet !== undefined);
  const news = sheets.filter((sheet) => !root.adoptedStyleSheets.includes(sheet));
  if (news.length > 0) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...news];
}
