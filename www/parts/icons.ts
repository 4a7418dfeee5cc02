// Icons, 16 × 16, drawn in the colour of the text beside them.

import { type TemplateResult, svg, html } from "lit";

const icon = (body: TemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${body}</svg>`;

export const play = icon(svg`<path d="M5 3.2v9.6L12.6 8z" fill="currentColor"/>`);
export const pause = icon(svg`<path d="M5.2 3.5v9M10.8 3.5v9" stroke-width="2.4"/>`);
export const step = icon(svg`<path d="M4 3.5v9L10 8z" fill="currentColor"/><path d="M12.5 3.5v9"/>`);
export const dice = icon(
  svg`<rect x="2.5" y="2.5" width="11" height="11" rx="2.5"/><path d="M5.6 5.6h.01M10.4 5.6h.01M8 8h.01M5.6 10.4h.01M10.4 10.4h.01" stroke-width="2"/>`,
);
export const table = icon(svg`<rect x="2.5" y="3" width="11" height="10" rx="1.5"/><path d="M2.5 6.5h11M2.5 9.8h11M6.5 6.5V13"/>`);
export const picture = icon(svg`<path d="M2.5 3v10h11M5 10l2.6-3 2.2 1.8L13.5 5"/>`);
export const graph = icon(svg`<circle cx="3.5" cy="8" r="1.8"/><circle cx="12.5" cy="4" r="1.8"/><circle cx="12.5" cy="12" r="1.8"/><path d="M5.3 7.4l5.5-2.6M5.3 8.6l5.5 2.6"/>`);
export const cross = icon(svg`<path d="M4 4l8 8M12 4l-8 8"/>`);
export const tick = icon(svg`<path d="M3.5 8.5l3 3 6-7"/>`);
export const chevron = icon(svg`<path d="M4 6l4 4 4-4"/>`);
export const file = icon(svg`<path d="M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5"/>`);
export const link = icon(svg`<path d="M6.5 9.5l3-3M7 4.8l1.4-1.4a3 3 0 014.2 4.2L11.2 9M9 11.2l-1.4 1.4a3 3 0 01-4.2-4.2L4.8 7"/>`);
export const warning = icon(svg`<path d="M8 2.5L14.5 13.5h-13zM8 6.8v3M8 11.7h.01"/>`);

// What a node of the dataflow is.
export const generator = icon(svg`<circle cx="8" cy="8" r="1.6" fill="currentColor"/><path d="M4.6 11.4a4.8 4.8 0 010-6.8M11.4 4.6a4.8 4.8 0 010 6.8"/>`);
export const topic = icon(svg`<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h7"/>`);
export const deadLetters = icon(svg`<rect x="2" y="4" width="12" height="8.5" rx="1.5"/><path d="M6.3 6.6l3.4 3.4M9.7 6.6l-3.4 3.4"/>`);
export const operator = icon(svg`<path d="M12 3.5H4.5L8.8 8l-4.3 4.5H12"/>`);
