// The playground's schedule: chosen from a list, moved by sliders, or drawn by hand, point by point.

import { set_slider, slider_value } from "../shared/controls.js";
import { each_of, say } from "../shared/dom.js";
import { fields_of } from "../shared/fields.js";
import { clamp, number } from "../shared/numbers.js";
import { RATE } from "./page.js";
import { peak_of, rates_of, with_peak } from "./runs.js";

const WARMUP = { low: 0, high: 200, step: 1, whole: true };
const HAND = 7; // points of a schedule that is drawn by hand
const LISTED = { drawn: "drawn by hand", given: "from Python" };
const OWN_SLIDER = ["lr", "max_lr"]; // the main slider moves these

/** A schedule's first values, with its lengths as long as the run. */
function fitted({ start }, updates) {
  const values = { ...start };
  ["T_max", "total_steps", "total_iters", "updates"].forEach((field) => {
    if (field in values) values[field] = updates;
  });
  if ("eta_min" in values) values.eta_min = 0;
  if ("stable" in values) {
    const decay = Math.round(updates / 3);
    Object.assign(values, { warmup: 20, decay, stable: updates - 20 - decay });
  }
  return values;
}

/** `points` on a schedule's rates, to be dragged. */
function drawn_from(before, updates) {
  const rates = rates_of(before, updates);
  const points = Array.from({ length: HAND }, (_, i) => {
    const n = Math.round((i * (updates - 1)) / (HAND - 1));
    return [n, Number((rates[Math.min(n, rates.length - 1)] ?? 0.1).toPrecision(3))];
  });
  return { name: "drawn", points, warmup: 0 };
}

/** The schedule's part of a view; `redraw` draws all once another point is chosen. */
export function schedule_of(view, redraw) {
  const { find, all, get, set } = view;
  const last_used = {};
  const entries = {};
  const point = { at: 0 };
  let names = "";

  const choose = (change) => set({ schedule: { ...get("schedule"), ...change } });
  function refuse(sentence) {
    find(".refused").hidden = !sentence;
    say(find(".refused"), sentence);
  }
  const change = (field, value) => {
    refuse("");
    choose({ values: { ...get("schedule").values, [field]: value } });
  };
  const show_fields = fields_of(view, change, refuse);

  function pick(name) {
    const before = get("schedule");
    last_used[before.name] = before;
    if (name === "drawn") return set({ schedule: drawn_from(before, get("updates")) });
    const values = fitted(get("_entries")[name], get("updates"));
    const fresh = last_used[name] ?? { name, values, warmup: before.warmup ?? 0 };
    return set({ schedule: with_peak(fresh, peak_of(before) || 0.1) });
  }
  function lift(i, rate) {
    const points = get("schedule").points.map((one, k) => (k === i ? [one[0], Number(rate.toPrecision(3))] : one));
    choose({ points });
  }

  function show_names(name, known) {
    const listed = [...Object.keys(known), "drawn", ...(name === "given" ? ["given"] : [])];
    if (names !== listed.join())
      find("[data-name]").innerHTML = each_of(listed, (one) => `<option value="${one}">${LISTED[one] ?? one}</option>`);
    names = listed.join();
    find("[data-name]").value = name;
  }
  function show_points(points) {
    all("[data-hand]").forEach((one) => {
      one.hidden = !points;
    });
    if (!points) return;
    point.at = clamp(point.at, 0, points.length - 1);
    const [n, rate] = points[point.at];
    const place = { low: 1, high: points.length, step: 1, whole: true };
    set_slider(find("[data-point]"), place, point.at + 1, `${point.at + 1} of ${points.length}, at step ${n}`);
    set_slider(find("[data-height]"), RATE, Math.max(rate, RATE.low), number(rate));
  }

  view.on("[data-rate]", "input", (input) => set({ schedule: with_peak(get("schedule"), slider_value(input)) }));
  view.on("[data-name]", "change", (box) => pick(box.value));
  view.on("[data-warmup]", "input", (input) => choose({ warmup: slider_value(input) }));
  view.on("[data-height]", "input", (input) => lift(point.at, slider_value(input)));
  view.on("[data-point]", "input", (input) => {
    point.at = slider_value(input) - 1;
    redraw();
  });
  return {
    point,
    lift,
    show(state) {
      const { name, values, warmup, points } = state.schedule;
      const entry = state._entries[name];
      show_names(name, state._entries);
      entries[name] ??= { ...entry, fields: (entry?.fields ?? []).filter((one) => !OWN_SLIDER.includes(one.name)) };
      show_fields(entries[name], values ?? {}, state.updates);
      set_slider(find("[data-warmup]"), WARMUP, warmup, `${warmup} ${warmup === 1 ? "update" : "updates"}`);
      find("[data-warmup]").disabled = !entry;
      show_points(points);
      const peak = peak_of(state.schedule);
      set_slider(find("[data-rate]"), RATE, peak || 0.1, number(peak));
      find("[data-rate]").disabled = name === "given";
    },
  };
}
