// What moves the schedule: a control for each of its fields, and its formula with their numbers.

import { set_slider } from "../shared/controls.js";
import { fill, say, width_of } from "../shared/dom.js";
import { fields_of, shown } from "../shared/fields.js";
import { COMMON } from "./page.js";

/** The controls and the formula of one schedule at a time; `change` and `refuse` as for fields_of. */
export function controls_of(view, change, refuse) {
  const { find, all } = view;
  const show_fields = fields_of(view, change, refuse);
  let fitted = 0;

  /** Letters small enough, and a place high enough, for the formula with any numbers: they must not move what is below. */
  function fit(entry, width) {
    const math = find(".math");
    entry.fields.forEach(({ name, control }) =>
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

  function show_numbers(entry, values) {
    all(".math [data-number]").forEach((slot) => {
      const { control } = entry.fields.find((field) => field.name === slot.dataset.number) ?? {};
      const text = shown(values[slot.dataset.number], { whole: control?.whole });
      say(slot, control?.kind === "steps" ? `{${text}}` : text);
    });
  }

  return (entry, values, steps) => {
    const is_new = show_fields(entry, values, steps);
    if (is_new) {
      const { step: n, where } = entry;
      const common =
        n && `<i>η</i><sub>${n}</sub>: the learning rate at step ${n}; <i>${n}</i>: the step, counted from 0`;
      const words = [common, where].filter(Boolean).join("; ");
      find(".math").innerHTML = entry.math + (words && `<p class="where">${words}</p>`);
      fill(find("[data-hint]"), entry.hint);
    }
    const width = width_of(find(".panel"));
    if (is_new || fitted !== width) fit(entry, width);
    show_numbers(entry, values);
    Object.entries(COMMON).forEach(([key, control]) => {
      const value = view.get(key);
      set_slider(find(`[data-common=${key}]`), control, value, shown(value, { whole: true, unit: "steps" }));
    });
    find("[data-log]").checked = view.get("log_y");
  };
}
