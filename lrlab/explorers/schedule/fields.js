// What moves the schedule: a control for each of its fields, and its formula with their numbers.

import { set_slider, slider_value } from "../shared/controls.js";
import { each_of, fill, say } from "../shared/dom.js";
import { COMMON, shown, widget } from "./page.js";

/** A whole number of steps can be as high as the steps that are shown. */
export const as_far = (control, steps) =>
  control.whole && control.unit === "steps" ? { ...control, high: Math.max(control.high, steps) } : control;

/**
 * The controls and the formula of one schedule at a time. `change` gets a field's name and its new value, `refuse` a
 * sentence that says what was wrong with a text.
 */
export function fields_of(view, change, refuse) {
  const { id, find, all } = view;
  let built;
  let fitted = 0;

  function wire({ name, control }) {
    const input = find(`.sliders [data-field="${name}"]`);
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
    find(".sliders").innerHTML = each_of(fields, (field) => widget(`${id}-${field.name}`, field));
    find(".math").innerHTML = entry.math;
    fill(find("[data-hint]"), entry.hint);
    fields.forEach(wire);
    built = entry;
    fitted = 0;
  }

  /** Letters small enough, and a place high enough, for the formula with any numbers: they must not move what is below. */
  function fit(width) {
    const math = find(".math");
    built.fields.forEach(({ name, control }) =>
      all(`.math [data-number="${name}"]`).forEach((slot) => {
        slot.textContent = control?.kind === "steps" ? "{30, 60, 90}" : control?.whole ? "200" : "0.0123";
      }),
    );
    Object.assign(math.style, { fontSize: "", height: "" });
    const room = math.clientWidth / math.scrollWidth;
    if (room < 1) math.style.fontSize = `${Math.max(10.5, 15 * room * 0.98)}px`;
    const wide = math.scrollWidth > math.clientWidth + 1; // still: then it scrolls, by the keyboard too
    wide ? math.setAttribute("tabindex", "0") : math.removeAttribute("tabindex");
    if (math.childElementCount) math.style.height = `${math.offsetHeight + (wide ? 16 : 4)}px`;
    fitted = width;
  }

  function show_values(entry, values, steps) {
    entry.fields
      .filter((field) => field.control)
      .forEach(({ name, control }) => {
        const input = find(`.sliders [data-field="${name}"]`);
        const value = values[name];
        const text = shown(value, control);
        if (control.kind === "number") set_slider(input, as_far(control, steps), value, text);
        else if (control.kind === "switch") input.checked = value;
        else if (control.kind === "choice") input.value = value;
        else if (document.activeElement !== input) input.value = text; // never under the hand that writes
      });
    all(".math [data-number]").forEach((slot) => {
      const { control } = entry.fields.find((field) => field.name === slot.dataset.number) ?? {};
      const text = shown(values[slot.dataset.number], { whole: control?.whole });
      say(slot, control?.kind === "steps" ? `{${text}}` : text);
    });
  }

  return {
    /** Build what another schedule needs. It reads the layout: do it before anything else is written. */
    prepare(entry) {
      if (built !== entry) build(entry);
      const width = find(".panel").clientWidth;
      if (fitted !== width) fit(width);
    },
    show(entry, values, steps) {
      show_values(entry, values, steps);
      Object.entries(COMMON).forEach(([key, control]) => {
        const value = view.get(key);
        set_slider(find(`[data-common=${key}]`), control, value, shown(value, { whole: true, unit: "steps" }));
      });
      find("[data-log]").checked = view.get("log_y");
    },
  };
}
