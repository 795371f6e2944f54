// A control for each field of a schedule, as Python (fields.py) describes it.

import { OWN_KEYS, help_of, helped, set_slider, slider, slider_value } from "./controls.js";
import { choose, each_of } from "./dom.js";
import { number } from "./numbers.js";

/** @type {(value: any, of?: { whole?: boolean, unit?: string }) => string} */
export const shown = (value, { whole, unit } = {}) => {
  if (value === null) return "None";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "number") return String(value);
  return (whole ? String(value) : number(value, 4)) + (unit ? ` ${value === 1 ? unit.replace(/s$/, "") : unit}` : "");
};

/** The markup of what moves a field. */
export function widget(id, { name, symbol = "", control, help = "" }) {
  const { kind, options, words } = control;
  const named = `data-field="${name}" ${OWN_KEYS} ${helped(id, help)}`;
  const label = `${symbol}<code>${name}</code>`;
  const with_label = (input) =>
    `<div class="slider"><label for="${id}">${label}</label>${input}${help_of(id, help)}</div>`;
  if (kind === "number") return slider(id, label, `data-field="${name}"`, "", help);
  if (kind === "switch")
    return `<div class="tick-box slider"><label class="switch"><input type="checkbox" id="${id}" ${named}><code>${name}</code></label>${help_of(id, help)}</div>`;
  if (kind === "choice")
    return with_label(
      `<select id="${id}" ${named}>${each_of(options, (option) => `<option>${option}</option>`)}</select>`,
    );
  return with_label(`<input type="text" id="${id}" ${named} spellcheck="false" autocomplete="off" title="${words}">`);
}

/** A whole number of steps can be as high as the steps that are shown. */
export const as_far = (control, steps) =>
  control.whole && control.unit === "steps" ? { ...control, high: Math.max(control.high, steps) } : control;

const FIRST = 3; // fields in sight; the others fold out, where the page has a place for them

/**
 * The controls of one schedule at a time, in the view's element `.sliders`, and the later ones in `.others`. `change`
 * gets a field's name and its new value, `refuse` a sentence that says what was wrong with a text. Returns what shows a
 * schedule's values, and whether its controls are new.
 */
export function fields_of({ id, find, get }, change, refuse) {
  const input_of = (name) => find(`.sliders [data-field="${name}"]`);
  let built;

  function wire({ name, control }) {
    const input = input_of(name);
    input.addEventListener(control.kind === "number" || control.kind === "steps" ? "input" : "change", () => {
      if (control.kind === "switch") return change(name, input.checked);
      if (control.kind === "choice") return change(name, input.value);
      if (control.kind === "number") return change(name, slider_value(input));
      const good = /^\s*\d+(\s*,\s*\d+)*\s*,?\s*$/.test(input.value);
      input.setAttribute("aria-invalid", String(!good));
      if (!good) return refuse(`${name} must be ${control.words}, got ${JSON.stringify(input.value)}`);
      const numbers = input.value.match(/\d+/g).map(Number);
      return change(
        name,
        numbers.sort((a, b) => a - b),
      );
    });
  }

  function build(entry) {
    const fields = entry.fields.filter((field) => field.control);
    const help = get("_help");
    const others = find(".others");
    const first = others ? FIRST : fields.length;
    const put_in = (place, some) => {
      place.innerHTML = each_of(some, (field) =>
        widget(`${id}-${field.name}`, { ...field, help: help[`${entry.class}.${field.name}`] ?? help[field.name] }),
      );
    };
    put_in(find(".sliders"), fields.slice(0, first));
    if (others) put_in(others, fields.slice(first));
    fields.forEach(wire);
    built = entry;
  }

  return (entry, values, steps) => {
    const is_new = built !== entry;
    if (is_new) build(entry);
    entry.fields
      .filter((field) => field.control)
      .forEach(({ name, control }) => {
        const input = input_of(name);
        const value = values[name];
        const text = shown(value, control);
        if (control.kind === "number") set_slider(input, as_far(control, steps), value, text);
        else if (control.kind === "switch") input.checked = value;
        else if (control.kind === "choice") choose(input, value);
        else if (document.activeElement !== input) input.value = text; // never under the hand that writes
      });
    return is_new;
  };
}
