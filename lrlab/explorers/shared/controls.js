// Sliders and goals: their markup, and what they show.

import { put, say } from "./dom.js";
import { clamp } from "./numbers.js";

// JupyterLab takes the arrow keys from a focused element to move between cells, unless the element itself says that
// they are its own; so each control is marked.
export const OWN_KEYS = 'data-lm-suppress-shortcuts="true"';

const TYPE =
  "To type a number, click here, or press its first digit on the slider. A double-click on the slider takes it back.";

/** What a control is for, in a sentence that its `control` shows while the hand or the focus is there. */
export const help_of = (id, help) => (help ? `<span class="help" role="tooltip" id="${id}-help">${help}</span>` : "");
export const helped = (id, help) => (help ? `aria-describedby="${id}-help"` : "");

/** A slider with its label and its value; `attributes` are the input's, `shows` the output's. */
export const slider = (
  id,
  label,
  attributes,
  shows = "",
  help = "",
) => `<div class="slider"><label for="${id}">${label}</label>
  <output aria-live="off" for="${id}" title="${TYPE}" ${shows}></output><input type="range" id="${id}" ${OWN_KEYS} ${helped(id, help)} ${attributes}>${help_of(id, help)}</div>`;

/** Any control with its sentence; its input says `helped(id, help)`. */
export const explained = (id, inside, help) => `<div class="explained">${inside}${help_of(id, help)}</div>`;

/** A tick with its words and its sentence. */
export const tick = (id, attributes, words, help) =>
  explained(
    id,
    `<label class="switch"><input type="checkbox" id="${id}" ${attributes} ${OWN_KEYS} ${helped(id, help)}>${words}</label>`,
    help,
  );

/** The tick that makes an axis logarithmic. */
export const log_tick = (id, words) =>
  tick(`${id}-log`, "data-log", words, "Equal factors get equal distances: 0.1 is as far from 0.01 as 1 is from 0.1.");

/** A list to choose from, of pairs of value and words, with its label and its sentence. */
export const dropdown = (id, label, attributes, options, help) => `<label for="${id}">${label}</label>
  <select id="${id}" ${attributes} ${OWN_KEYS} ${helped(id, help)}>${options.map(([value, words]) => `<option value="${value}">${words}</option>`).join("")}</select>${help_of(id, help)}`;

/** A slider along the steps, to read off at one of them. */
export const reader = (id, label = "step <var>n</var>") =>
  slider(
    `${id}-at`,
    label,
    'min="0" step="1" data-reader',
    "data-at",
    "Where the values are read off; the pointer on the picture does it too.",
  );

/**
 * Value to place on a slider and back. A slider goes from `low` to `high` in steps of `step`, in decades if `log`; its
 * notch, a value of its own such as 0 or None, is `gap` below the low end.
 */
export function scale({ low, high, log = false, step, gap = step, whole = false, ...more }) {
  const has_notch = "notch" in more && low > (more.notch ?? -1);
  const to = log ? Math.log10 : (value) => value;
  const bottom = to(low);
  return {
    min: has_notch ? bottom - gap : bottom,
    max: to(high),
    step,
    place: (value) => (has_notch && value === more.notch ? bottom - gap : to(value)),
    /** The nearest value that there is to one that was typed. */
    fit: (value) => {
      if ("notch" in more && (value === more.notch || value === null)) return more.notch;
      const kept = clamp(value ?? low, low, high);
      return whole ? Math.round(kept) : kept;
    },
    value: (place) => {
      if (has_notch && place < bottom - gap / 2) return more.notch;
      const exact = clamp(log ? 10 ** place : place, low, high);
      return whole ? Math.round(exact) : Number(exact.toPrecision(log ? 3 : 10));
    },
  };
}

/** A control with ends far enough for the values that it has `seen`. */
export const widened = (control, seen) => ({
  ...control,
  low: Math.min(control.low, ...seen),
  high: Math.max(control.high, ...seen),
});

/** Show `value` on a slider. A value beyond its ends widens it, and it stays so, or its end would follow the hand. */
export function set_slider(input, control, value, text) {
  const key = `${control.low} ${control.high} ${value} ${text}`;
  if (input.key === key && document.activeElement !== input) return; // of many sliders, a hand moves one
  input.key = key;
  input.first ??= { value };
  input.seen ??= [];
  if (value !== control.notch && value !== null)
    input.seen = [Math.min(value, ...input.seen), Math.max(value, ...input.seen)];
  input.scale = scale(widened(control, input.seen));
  const { min, max, step, place } = input.scale;
  put(input, { min, max, step, "aria-valuetext": text });
  input.value = place(value);
  say(input.parentNode.querySelector("output"), text);
}

/** The value at which a slider stands, or that was typed there. */
export const slider_value = (input) => (input.typed ? input.typed.value : input.scale.value(input.valueAsNumber));

export const goal_line = `<p class="goal" hidden><span class="sign" aria-hidden="true"></span>
  <span class="asked"><b data-goal="name">Goal:</b> <span data-goal="text"></span> <span data-goal="now"></span></span>
  <span class="reached"><b data-goal="met" role="status"></b> <button type="button" data-next hidden ${OWN_KEYS}>next</button></span></p>`;

/** Goal and picture: what stays in sight while the controls below it scroll. */
export const stage = (inside) => `<div class="stage">${goal_line}${inside}</div>`;

/** What folds out below the main controls, and beside it what takes every value back to where it was at first. */
export const more = (inside, words = "more") => `<div class="rest">
  <details class="more"><summary ${OWN_KEYS}>${words}</summary>${inside}</details>
  <button type="button" data-reset ${OWN_KEYS}>Reset</button></div>`;

/** Have the controls called `names` (data-part) stand in the main row, in this order, and all others in their own places. */
export function arrange({ find, all }, names) {
  const main = find(".main");
  if (main.dataset.parts === names.join()) return;
  main.dataset.parts = names.join();
  all("[data-part]").forEach((part) => {
    part.home ??= part.parentNode.insertBefore(document.createComment(""), part);
    if (!names.includes(part.dataset.part)) part.home.after(part);
  });
  names.forEach((name) => {
    main.append(...all(`[data-part="${name}"]`));
  });
}

const unbroken = (text = "") => text.replaceAll(" %", "\u00a0%"); // no line begins with the sign

/** Fill the goal's line: `goal` has met, now and text and, of several levels, which of how many; null where there is none. */
export function show_goal(line, goal) {
  line.hidden = !goal;
  if (!goal) return;
  const { met, text, now, level = 0, levels = 1 } = goal;
  const find = (name) => line.querySelector(`[data-goal=${name}]`);
  line.classList.toggle("met", met);
  say(line.querySelector(".sign"), met ? "✓" : "○");
  say(find("name"), levels > 1 ? `Goal ${level + 1} of ${levels}:` : "Goal:");
  say(find("text"), unbroken(text));
  say(find("now"), unbroken(now));
  say(find("met"), met ? "Reached!" : ""); // it is spoken when it changes
  line.classList.toggle("levels", levels > 1);
  line.classList.toggle("onward", met && level + 1 < levels);
  line.querySelector("[data-next]").hidden = levels === 1;
}
