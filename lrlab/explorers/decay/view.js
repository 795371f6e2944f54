// The explorer of the lecture's decay formulas: it computes and draws in the page, so that the picture follows
// the slider at once, also while the kernel is busy or gone. Python holds the state and its limits (widget.py).

import { address_of, flag, some_of, within_limits } from "../shared/address.js";
import { arrange, set_slider, slider_value } from "../shared/controls.js";
import { each_of, fill, say } from "../shared/dom.js";
import { clamp, number } from "../shared/numbers.js";
import { STEP, cursor, end_labels, heights, line, mark, ring, sample } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { step_scale, vertical } from "../shared/scales.js";
import { begin, show_reader } from "../shared/view.js";
import { NAMES, SCHEDULES, SLIDERS, goals, page, rates_of } from "./page.js";

const KEYS = [...Object.keys(SLIDERS), "log_y", "show", "goal"];

function draw_rates(plot, tall, { lr, steps, log_y, shown }, rates, at, goal) {
  const { width, narrow } = plot.room({ left: 58, right: 118 });
  const height = Math.round(clamp(0.34 * (width + 176), 120, tall - 68));
  const last = steps - 1;
  // The top is at or above lr, so that a new lr moves the lines.
  const y = vertical({
    highest: lr,
    lowest: Math.min(lr, ...shown.map((name) => rates[name][last])),
    log: log_y,
    height,
  });
  const x = step_scale(last, width);
  const xs = Float64Array.from({ length: steps }, (_, n) => x(n));
  const marks = (step) =>
    each_of(shown, (name) => mark(name, SCHEDULES[name].shape, x(step), y(rates[name][step]), height));
  const ends = shown.map((name) => {
    const end = y(rates[name][last]);
    const { label, short } = SCHEDULES[name];
    return { look: name, words: `${narrow ? short : label}${end > height + 1 ? " ↓" : ""}`, y: end };
  });
  plot.draw({
    x,
    x_title: STEP,
    panels: [
      {
        title: 'learning rate <tspan class="var">η</tspan>',
        y,
        height,
        inside: [
          each_of(shown, (name) => line(name, xs, heights(y, rates[name], height), { name, stairs: name === "step" })),
        ],
        over: `${cursor(x(at), height)}${goal && y(goal.target) <= height ? ring(width, y(goal.target), goal.met) : ""}
          ${marks(last)}${marks(at)}${end_labels(ends, width, height)}`,
      },
    ],
  });
}

/** @param {import("../shared/types").View} given */
function render(given) {
  const view = begin(given, "decay", page(given.model.get("_math")));
  const { find, all, get, set } = view;
  const limits = get("_limits");
  const plot = chart(find(".plot"));
  let at = Math.floor(get("steps") / 2);

  function show_controls(state) {
    all(".math [data-number]").forEach((slot) => {
      say(slot, number(state[slot.dataset.number], 4));
    });
    all("input[data-key]").forEach((input) => {
      const { key } = input.dataset;
      const [low, high] = limits[key];
      set_slider(input, { ...SLIDERS[key], low, high }, state[key], number(state[key], 4));
    });
    all("[data-show]").forEach((box) => {
      box.checked = state.show.includes(box.dataset.show);
      find(`[data-card=${box.dataset.show}]`).hidden = !box.checked; // its sliders would move nothing
    });
    find("[data-log]").checked = state.log_y;
  }

  function draw() {
    const state = view.read(KEYS);
    const rates = rates_of(state);
    const shown = NAMES.filter((name) => state.show.includes(name));
    const levels = [goals[state.goal], ...(goals[state.goal]?.harder ?? [])]
      .filter(Boolean)
      .map(({ text, ask }) => ({ text: text(state), ...ask(state, rates) }));
    const goal = view.goal(...levels); // the picture has its ring
    at = Math.min(at, state.steps - 1);
    draw_rates(plot, view.tall(), { ...state, shown }, rates, at, goal);
    arrange(view, goals[state.goal]?.needs ?? shown);
    show_controls(state);
    show_reader(view, at, state.steps - 1);
    fill(
      find(".rates"),
      each_of(
        shown,
        (name) => `<span>${sample(name, SCHEDULES[name].shape)}${SCHEDULES[name].label}
          <b data-rate="${name}">${number(rates[name][at])}</b></span>`,
      ),
    );
    const values = shown.map((name) => `${SCHEDULES[name].label} ${number(rates[name][at])}`);
    view.speak(`At step ${at}: ${values.join(", ")}`);
  }

  const read = (step) => {
    at = clamp(Math.round(step), 0, get("steps") - 1);
    draw();
  };
  view.on("[data-reader]", "input", (input) => read(input.valueAsNumber));
  view.on("input[data-key]", "input", (input) => set({ [input.dataset.key]: slider_value(input) }));
  view.on("[data-show]", "change", () => set({ show: NAMES.filter((name) => find(`[data-show=${name}]`).checked) }));
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  plot.follow((place) => read(place.x), { hover: true });
  return view.run(KEYS, draw);
}

const address = address_of({
  ...Object.fromEntries(Object.keys(SLIDERS).map((key) => [key, within_limits])),
  show: some_of(() => NAMES),
  log_y: flag,
});

export default { render, address };
