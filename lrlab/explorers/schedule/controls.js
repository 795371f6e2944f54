// The schedule explorer's page: a control for each field, as Python describes it, and all around them.

import { OWN_KEYS, goal_line, number, range } from "../shared/controls.js";
import { MARKERS } from "./plot.js";

/** @type {(value: any, of?: { whole?: boolean, unit?: string }) => string} */
export const shown = (value, { whole, unit } = {}) => {
  if (value === null) return "None";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "number") return String(value);
  return (whole ? String(value) : number(value, 4)) + (unit ? ` ${value === 1 ? unit.replace(/s$/, "") : unit}` : "");
};

/** The slider's ends, for the steps that are shown; `seen`, the values that it has had to show, may be beyond them. */
export function ends({ low, high, whole, unit }, seen, steps) {
  const most = whole && unit === "steps" ? Math.max(high, steps) : high;
  return [Math.min(low, ...seen), Math.max(most, ...seen)];
}

/** Value to place on the slider and back. The notch is one step below the low end. */
export function scale(control, both_ends) {
  const [low, high] = both_ends;
  const { log, step, notch, whole } = control;
  const has_notch = "notch" in control && low > (notch ?? -1);
  const to = log ? Math.log10 : (value) => value;
  const size = step;
  const bottom = to(low);
  const top = to(high);
  return {
    min: has_notch ? bottom - size : bottom,
    max: top,
    step: size,
    place: (value) => (has_notch && value === notch ? bottom - size : to(value)),
    value: (place) => {
      if (has_notch && place < bottom - size / 2) return notch;
      const exact = Math.min(high, Math.max(low, log ? 10 ** place : place));
      return whole ? Math.round(exact) : Number(exact.toPrecision(log ? 3 : 10));
    },
  };
}

const head = (id, { name, symbol = "" }, output = true) =>
  `<label for="${id}">${symbol}<code>${name}</code></label>${output ? `<output for="${id}"></output>` : ""}`;

export function widget(id, field) {
  const { kind, options, words } = field.control;
  const named = `id="${id}" data-field="${field.name}" ${OWN_KEYS}`;
  if (kind === "number")
    return `<div class="slider">${head(id, field)}${range(id, `data-field="${field.name}"`)}</div>`;
  if (kind === "switch") {
    return `<div class="tick-box"><label class="switch"><input type="checkbox" ${named}><code>${field.name}</code></label></div>`;
  }
  if (kind === "choice") {
    return `<div class="slider">${head(id, field, false)}
      <select ${named}>${options.map((option) => `<option>${option}</option>`).join("")}</select></div>`;
  }
  return `<div class="slider">${head(id, field, false)}<input type="text" ${named} spellcheck="false" autocomplete="off"
    title="${words}"></div>`;
}

const common = (id, key, label) => `<div class="slider"><label for="${id}-${key}">${label}</label>
  <output for="${id}-${key}"></output>${range(`${id}-${key}`, `data-common="${key}"`)}</div>`;
export const COMMON = {
  steps: { low: 20, high: 500, step: 1, whole: true },
  steps_per_epoch: { low: 1, high: 100, step: 1, whole: true },
};

export const sample = (key) => `<svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true">
  <path class="line line-${key}" d="M-19 0H19"></path><path class="mark mark-${key}" d="${MARKERS[key]}"></path></svg>`;

const code = (name, label) => `<div class="code"><b>${label}</b>
  <pre tabindex="0" role="group" aria-label="${label}" ${OWN_KEYS}><code data-code="${name}"></code></pre>
  <button type="button" data-copy="${name}" aria-label="copy the code for ${name}" ${OWN_KEYS}>Copy</button></div>`;

export const page = (id) => `
  ${goal_line}
  <div class="top"><label for="${id}-name">schedule</label><select id="${id}-name" data-name ${OWN_KEYS}></select>
    <p data-hint></p></div>
  <svg class="plot" role="img" aria-label="Learning rate over the steps"></svg>
  <div class="readout"><div class="slider"><label for="${id}-at">read off at step <var>n</var></label><output data-at></output>
    ${range(`${id}-at`, 'min="0" step="1" data-reader')}</div>
    <table class="lines" role="table"><caption class="spoken">the curves, and their values where you read off</caption>
      <thead role="rowgroup"><tr role="row">${["curve", "rate", "momentum"].map((head) => `<th role="columnheader">${head}</th>`).join("")}
        <th role="columnheader"><span class="spoken">pin or remove</span></th></tr></thead><tbody role="rowgroup"></tbody></table>
    <span class="spoken" aria-live="polite" data-spoken></span></div>
  <p class="refused" role="alert" hidden></p>
  <div class="panel"><div class="sliders" role="group" aria-label="arguments of the schedule"></div><div class="math" role="group" aria-label="formula" ${OWN_KEYS}></div></div>
  <div class="common" role="group" aria-label="axes">${common(id, "steps", "steps shown")}
    ${common(id, "steps_per_epoch", "steps in an epoch")}
    <label class="switch"><input type="checkbox" data-log ${OWN_KEYS}>logarithmic axis</label></div>
  <div class="codes">${code("lrlab", "lrlab")}${code("torch", "torch")}<span class="spoken" role="status" data-copied></span></div>`;
