// The element's style sheets, constructed once and adopted by every element: a page's policy against
// inline styles does not concern them.

import { unsafeCSS } from "lit";

import base from "./base.css?inline";
import room from "./room.css?inline";
import tokens from "./tokens.css?inline";

export const sheets = [tokens, base, room].map((text) => unsafeCSS(text));
