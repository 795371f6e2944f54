// The explorer of any schedule: it computes and draws in the page, so that the picture follows the slider at once, also
// while the kernel is busy or gone. Python (widget.py) holds the state, says what there is to choose and which controls
// move it (`_entries`), and computes what the page has no formula for (`_curves`).

import { address_of, flag, sound_schedule, whole_within } from "../shared/address.js";
import { OWN_KEYS, slider_value } from "../shared/controls.js";
import { copy } from "../shared/copy.js";
import { choose, each_of, fill, say } from "../shared/dom.js";
import { curves, momenta } from "../shared/formulas.js";
import { clamp, finite, number } from "../shared/numbers.js";
import { colors, dress, is_stairs, line } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { python, torch } from "../shared/python.js";
import { begin, show_reader } from "../shared/view.js";
import { controls_of } from "./controls.js";
import { show_elsewhere } from "./elsewhere.js";
import { drag_handles, handles_of } from "./handles.js";
import { page } from "./page.js";
import { draw_schedules } from "./plot.js";
import { show_table } from "./table.js";
import { goals } from "./text.js";
import { trained_of } from "./trained.js";

const PINS = ["A", "B", "C", "D"];
const GROUPS = ["the lecture's", "torch's", "of the field", "yours"];
const KEYS = ["schedule", "compare", "steps", "steps_per_epoch", "log_y", "goal", "_curves", "_entries", "_refused"];

/** What is asked of the rates, level by level: whether it is met, how far one is, and where the ring goes. */
function levels_for(name, rates) {
  if (!name) return [];
  const there = finite(rates);
  const highest = there.reduce((a, b) => Math.max(a, b), 0);
  return [goals[name], ...(goals[name].harder ?? [])].map(({ text, ask }) => ({ text, ...ask(there, highest) }));
}

/** A button with a small picture for each schedule that the page can draw. */
const shapes = (entries) =>
  each_of(
    Object.keys(entries).filter((name) => entries[name].in_page),
    (name) => {
      const rates = curves[name](entries[name].start, 100);
      const top = finite(rates).reduce((a, b) => Math.max(a, b), 1e-12);
      const xs = Array.from(rates, (_, n) => (60 * n) / 99);
      const ys = Array.from(rates, (value) => 26 - (24 * value) / top);
      return `<button type="button" data-shape="${name}" style="--now: ${colors([entries[name].look])}" ${OWN_KEYS}><svg viewBox="0 0 60 28" aria-hidden="true">
        ${line("now", xs, ys, { stairs: is_stairs(rates) })}</svg><span>${name.replace(/(?<=[a-z])(?=[A-Z])/g, "<wbr>")}</span></button>`;
    },
  );

/** The names in the menu, group by group. */
function menu(entries) {
  const of = (group) => Object.keys(entries).filter((name) => entries[name].group === group);
  return each_of(
    GROUPS.filter((group) => of(group).length),
    (group) => `<optgroup label="${group}">${each_of(of(group), (name) => `<option>${name}</option>`)}</optgroup>`,
  );
}

/** @param {import("../shared/types").View} given */
function render(given) {
  const view = begin(given, "schedule", page);
  const { find, get, set } = view;
  const plot = chart(find(".plot"));
  const names = find("[data-name]");
  const last_used = {}; // each schedule's values, for when one comes back to it
  const letters = []; // the letter of each pin: it keeps it when another one goes
  let at = Math.floor(get("steps") / 2);
  let listed;
  let refusal = "";
  let drawn = /** @type {any} */ ({ axis: null, spots: [] });
  const entry_of = ({ name }) => get("_entries")[name];

  const change = (field, value) => change_all({ [field]: value });
  function change_all(changed) {
    const { name, values } = get("schedule");
    const next = { ...values, ...changed };
    entry_of({ name }).fields.forEach(({ name: other, control }) => {
      const limit = control?.at_most; // one count that another one bounds
      if (limit) next[other] = Math.min(next[other], next[limit]);
    });
    refusal = "";
    set({ schedule: { name, values: next } });
  }
  const show_controls = controls_of(view, change, (sentence) => {
    refusal = sentence;
    draw();
  });

  const show_trained = trained_of(view);

  /** What to draw of a schedule; null while its curve is still on the way from Python. */
  function line_of(spec, i, key) {
    const entry = entry_of(spec);
    if (!entry) return null;
    const { name, values } = spec;
    const [sent, steps] = [get("_curves")[i], get("steps")];
    const about = { key, look: entry.look, words: python(entry, values) };
    if (entry.in_page)
      return { ...about, rates: curves[name](values, steps), momentum: momenta[name]?.(values, steps) };
    return sent?.name === name ? { ...about, ...sent } : null;
  }

  function lines() {
    const pins = get("compare");
    if (![get("schedule"), ...pins].every((one) => entry_of(one)?.in_page)) view.send(); // Python draws that curve
    letters.length = Math.min(letters.length, pins.length);
    pins.forEach((_, i) => {
      letters[i] ??= PINS.find((letter) => !letters.includes(letter));
    });
    const others = pins.map((pin, i) => line_of(pin, i + 1, letters[i])).filter(Boolean);
    return { now: line_of(get("schedule"), 0, "now"), others };
  }

  function draw() {
    const spec = get("schedule");
    const entry = entry_of(spec);
    const { steps, steps_per_epoch, log_y, goal: asked } = view.read(KEYS);
    if (!entry) return; // its entry is on the way
    if (listed !== get("_entries")) names.innerHTML = menu(get("_entries"));
    listed = get("_entries");
    choose(names, spec.name);
    last_used[spec.name] = spec.values;
    at = Math.min(at, steps - 1);
    show_controls(entry, spec.values, steps);
    const refused = refusal || get("_refused");
    find(".refused").hidden = !refused;
    say(find(".refused"), refused);

    const { now, others } = lines();
    if (!now) return; // the picture stays until its curve has come
    const every = [now, ...others];
    dress(given.el, ...["key", "look"].map((name) => every.map((one) => one[name])));
    const goal = view.goal(...levels_for(asked, now.rates));
    const ring = goal?.ring ? { rate: goal.ring, met: goal.met } : null;
    const handles = entry.in_page ? handles_of(spec) : [];
    const axis = is_held() ? drawn.axis : null;
    const about = { tall: view.tall(), steps, steps_per_epoch, log_y, at, ring, handles, axis };
    drawn = draw_schedules(plot, { ...about, lines: [...others, now] });
    show_reader(
      view,
      at,
      steps - 1,
      steps_per_epoch > 1 ? `${at} (epoch ${number(at / steps_per_epoch)})` : String(at),
    );
    show_table(view, every, at);
    show_trained(now.rates);
    say(find("[data-code=lrlab]"), now.words);
    say(find("[data-code=torch]"), torch(entry, spec.values, now.torch));
    show_elsewhere(view, entry, spec.values);
    const rates = every.map(
      ({ key, rates: values }) => `${key === "now" ? "the rate is" : key} ${number(values[at] ?? NaN)}`,
    );
    view.speak(`At step ${at}: ${rates.join(", ")}`);
  }

  function read(step) {
    at = clamp(Math.round(step), 0, get("steps") - 1);
    draw();
  }
  function pick(name) {
    const { lr } = get("schedule").values;
    const values = { ...(last_used[name] ?? entry_of({ name }).start) };
    if (lr !== undefined && "lr" in values) values.lr = lr; // the same rate, in another schedule
    refusal = "";
    set({ schedule: { name, values } });
  }
  function unpin(letter) {
    const i = letters.indexOf(letter);
    letters.splice(i, 1);
    set({ compare: get("compare").filter((_, k) => k !== i) });
    find("[data-pin]").focus();
  }

  view.on("[data-name]", "change", () => pick(names.value));
  view.on(".by-shape", "toggle", ({ open }) => {
    if (open) fill(find(".shapes"), shapes(get("_entries"))); // not before one asks
  });
  view.on(".shapes", "click", (_, { target }) => {
    const button = target.closest("[data-shape]");
    if (button) pick(button.dataset.shape);
  });
  view.on("[data-common]", "input", (input) => set({ [input.dataset.common]: slider_value(input) }));
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  view.on("[data-reader]", "input", (input) => read(input.valueAsNumber));
  view.on(".lines", "click", (_, { target }) => {
    if (target.matches("[data-pin]")) set({ compare: [...get("compare"), get("schedule")] });
    if (target.matches("[data-unpin]")) unpin(target.dataset.unpin);
  });
  view.on(".codes", "click", (_, { target }) => {
    if (target.matches("[data-copy]")) copy(view, target);
  });
  const is_held = drag_handles(
    find(".plot"),
    plot.place,
    () => drawn.spots,
    (i, step, rate) => change_all(handles_of(get("schedule"))[i].move(step, rate)),
    () => draw(),
  );
  plot.follow((place) => is_held() || read(place.x), { hover: true });
  return view.run(KEYS, draw);
}

const address = address_of({
  schedule: sound_schedule,
  compare: (value, get_key) =>
    Array.isArray(value) && value.length <= PINS.length
      ? value.map((one) => sound_schedule(one, get_key)).filter(Boolean)
      : undefined,
  steps: whole_within(2, 1000),
  steps_per_epoch: whole_within(1, 1000),
  log_y: flag,
});

export default { render, address };
