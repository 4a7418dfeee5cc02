// Fields of a form: a label, a control, a hint, and what is wrong. Labels and messages are tied to their
// control, so that they are read with it.

import { type TemplateResult, html, nothing } from "lit";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | TemplateResult;
  readonly error?: string | undefined;
}

const described = ({ id, hint, error }: FieldProps): string | typeof nothing =>
  error !== undefined ? `${id}-error` : hint === undefined ? nothing : `${id}-hint`;

function around(props: FieldProps, control: TemplateResult): TemplateResult {
  const { id, label, hint, error } = props;
  return html`<div class=${error === undefined ? "cfield" : "cfield wrong"}>
    <label for=${id}>${label}</label>
    ${control}
    ${hint === undefined || error !== undefined ? nothing : html`<small class="quiet" id=${`${id}-hint`}>${hint}</small>`}
    ${error === undefined ? nothing : html`<small class="late" id=${`${id}-error`}>${error}</small>`}
  </div>`;
}

export interface TextProps extends FieldProps {
  readonly value: string;
  readonly type?: "text" | "url";
  readonly numeric?: boolean;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly take: (value: string) => void;
}

/** A line of text; `take` gets it as it is typed. */
export function text(props: TextProps): TemplateResult {
  const { id, value, type = "text", numeric = false, placeholder = "", disabled = false, take } = props;
  return around(props, html`<input
    id=${id}
    type=${type}
    inputmode=${numeric ? "decimal" : nothing}
    autocomplete="off"
    autocapitalize="off"
    spellcheck="false"
    placeholder=${placeholder}
    ?disabled=${disabled}
    .value=${value}
    aria-invalid=${props.error === undefined ? "false" : "true"}
    aria-describedby=${described(props)}
    @input=${(event: Event) => take((event.currentTarget as HTMLInputElement).value)}
  />`);
}

/** A secret or a user: nobody holds its value but the field itself. */
export function secret(props: FieldProps & { readonly type: "text" | "password"; readonly take: () => void }): TemplateResult {
  return around(props, html`<input
    id=${props.id}
    type=${props.type}
    autocomplete=${props.type === "password" ? "new-password" : "off"}
    autocapitalize="off"
    spellcheck="false"
    aria-invalid=${props.error === undefined ? "false" : "true"}
    aria-describedby=${described(props)}
    @input=${props.take}
  />`);
}

export type Option<T extends string> = readonly [value: T, label: string];

export interface ChoiceProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: ReadonlyArray<Option<T>>;
  readonly disabled?: boolean;
  readonly take: (value: T) => void;
}

/** One of some, as a list. */
export function choice<T extends string>(props: ChoiceProps<T>): TemplateResult {
  const { id, value, options, disabled = false, take } = props;
  return around(props, html`<select
    id=${id}
    ?disabled=${disabled}
    aria-describedby=${described(props)}
    @change=${(event: Event) => take((event.currentTarget as HTMLSelectElement).value as T)}
  >
    ${options.map(([option, label]) => html`<option value=${option} ?selected=${option === value}>${label}</option>`)}
  </select>`);
}

/** One of few, side by side. */
export function segments<T extends string>({ id, label, value, options, disabled = false, take, hint }: ChoiceProps<T>): TemplateResult {
  return html`<fieldset class="cfield" ?disabled=${disabled}>
    <legend>${label}</legend>
    <div class="speeds csegments">
      ${options.map(([option, name]) => html`<label><input type="radio" name=${id} value=${option} .checked=${option === value} @change=${() => take(option)} /><span>${name}</span></label>`)}
    </div>
    ${hint === undefined ? nothing : html`<small class="quiet">${hint}</small>`}
  </fieldset>`;
}
