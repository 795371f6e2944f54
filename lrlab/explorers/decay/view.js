// The explorer of the lecture's decay formulas: it computes and draws in the page, so that the picture follows
// the slider at once, also while the kernel is busy or gone. Python holds the state and its limits (widget.py).

import { curves } from "../shared/formulas.js";
import {
  fill,
  fill_layers,
  goal_line,
  keep_drawn,
  marks,
  number,
  put,
  range,
  say,
  show_goal,
  spread,
  vertical,
  within,
} from "../shared/controls.js";

export const formulas = {
  step: curves.StepDecay,
  time: curves.TimeDecay,
  inverse: curves.InverseTimeDecay,
  exponential: curves.ExponentialDecay,
};

// A goal: what to do, and from the state and the rates whether it is met, how far one is, where the ring goes.
export const goals = {
  tenth: {
    text: ({ steps }) =>
      `Make the exponential schedule end its ${steps} steps at one tenth of where it started, in the ring.`,
    ask: ({ lr }, { exponential }) => ({
      met: within(exponential.at(-1), lr / 10, 0.05),
      now: `It ends at ${number(exponential.at(-1) / lr)} of its start.`,
      target: lr / 10,
    }),
  },
  meet: {
    text: ({ steps }) => `Make the step-based and the exponential schedule meet at the end of the ${steps} steps.`,
    ask: (_, { step, exponential }) => ({
      met: within(exponential.at(-1), step.at(-1), 0.1),
      now: `They end at ${number(step.at(-1))} and ${number(exponential.at(-1))}.`,
      target: step.at(-1),
    }),
  },
};

// ---- words, numbers and formulas ----------------------------------------------------------------------------

// mathvariant="normal", made italic by the style sheet: every text face has these letters, few have the mathematical.
const letter = (name) => `<mi mathvariant="normal">${name}</mi>`;
const n = letter("n");
const d = letter("d");
const r = letter("r");
const eta = (index) => `<msub>${letter("η")}${index}</msub>`;
const zero = "<mn>0</mn>";
const next = `<mrow>${n}<mo>+</mo><mn>1</mn></mrow>`;
const now = (key) => `<mn data-number="${key}"></mn>`;
const open = '<mo stretchy="false">⌊</mo><mo stretchy="false">(</mo>';
const close = '<mo stretchy="false">⌋</mo>';
const floor = (r) => `<mrow>${open}<mn>1</mn><mo>+</mo>${n}<mo stretchy="false">)</mo><mo>/</mo>${r}${close}</mrow>`;
const space = '<mspace width="0.15em"></mspace>';
const one_plus = (d) => `<mrow><mn>1</mn><mo>+</mo>${d}${space}${n}</mrow>`;
const row = (left, right) => `<mtr><mtd>${left}</mtd><mtd><mo>=</mo></mtd><mtd>${right}</mtd></mtr>`;
const equations = (...rows) => `<div><math><mtable displaystyle="true">${rows.join("")}</mtable></math></div>`;
const power_of_e = (d) => `<msup>${letter("e")}<mrow><mo>−</mo>${d}${space}${n}</mrow></msup>`;

const SCHEDULES = {
  step: {
    label: "step-based",
    short: "step",
    mark: "M-4-4H4V4H-4Z",
    sliders: ["step_decay", "step_every"],
    hint: "The same rate for a while, then a drop.",
    math: equations(
      row(eta(n), `${eta(zero)}${space}<msup>${d}${floor(r)}</msup>`),
      row("", `${now("lr")}<mo>×</mo><msup>${now("step_decay")}${floor(now("step_every"))}</msup>`),
    ),
  },
  time: {
    label: "time-based",
    short: "time",
    mark: "M0-5.5L5 4H-5Z",
    sliders: ["time_decay"],
    hint: "Each rate is made from the one before.",
    math: equations(
      row(eta(next), `<mfrac>${eta(n)}${one_plus(d)}</mfrac>`),
      row("", `<mfrac>${eta(n)}${one_plus(now("time_decay"))}</mfrac>`),
      row(eta(zero), now("lr")),
    ),
  },
  inverse: {
    label: "inverse time",
    short: "inverse",
    mark: "M0-5.5L5.5 0 0 5.5-5.5 0Z",
    sliders: ["time_decay"],
    hint: "Looks like time-based, but always starts from <var>η</var><sub>0</sub>: not on the slides.",
    math: equations(
      row(eta(n), `<mfrac>${eta(zero)}${one_plus(d)}</mfrac>`),
      row("", `<mfrac>${now("lr")}${one_plus(now("time_decay"))}</mfrac>`),
    ),
  },
  exponential: {
    label: "exponential",
    short: "exp.",
    mark: "M4.5 0A4.5 4.5 0 1 1-4.5 0 4.5 4.5 0 1 1 4.5 0Z",
    hint: "Loses the same share at every step.",
    sliders: ["exponential_decay"],
    math: equations(
      row(eta(n), `${eta(zero)}${space}${power_of_e(d)}`),
      row("", `${now("lr")}<mo>×</mo>${power_of_e(now("exponential_decay"))}`),
    ),
  },
};
const NAMES = Object.keys(SCHEDULES);

// ---- controls -----------------------------------------------------------------------------------------------

// Each card has a d: what names them to a screen reader says whose.
const of = (name) => `<span class="spoken">of ${SCHEDULES[name].label}</span>`;
const SLIDERS = {
  lr: { label: "<var>η</var><sub>0</sub> initial learning rate", log: true },
  steps: { label: "number of steps", step: 1 },
  step_decay: { label: (name) => `<var>d</var> ${of(name)} factor`, step: 0.01 },
  step_every: { label: "<var>r</var> steps between drops", step: 1 },
  time_decay: { label: (name) => `<var>d</var> ${of(name)} decay, one for both`, log: true },
  exponential_decay: { label: (name) => `<var>d</var> ${of(name)} decay`, log: true },
};
const words = ({ label }, name) => (typeof label === "string" ? label : label(name));

const slider = (id, key, name) => `<div class="slider"><label for="${id}-${key}">${words(SLIDERS[key], name)}</label>
  <output for="${id}-${key}" data-number="${key}"></output>${range(`${id}-${key}`, `data-key="${key}"`)}</div>`;
const sample = (name) => `<svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true">
  <path class="line ${name}" d="M-19 0H19"></path><path class="mark ${name}" d="${SCHEDULES[name].mark}"></path></svg>`;
const card = (id, name) => {
  const { label, math, hint, sliders } = SCHEDULES[name];
  return `<div class="card ${name}" data-card="${name}" role="group" aria-label="${label} schedule">
    <b>${label}</b><p>${hint}</p>${math}
    <div class="sliders">${sliders.map((key) => slider(`${id}-${name}`, key, name)).join("")}</div></div>`;
};
const chip = (name) =>
  `<label class="switch ${name}"><input type="checkbox" data-show="${name}">${sample(name)}${SCHEDULES[name].label}</label>`;

const page = (id) => `
  ${goal_line}
  <svg class="plot" role="img" aria-label="Learning rate over the steps, one line for each schedule"></svg>
  <div class="readout">
    <div class="slider"><label for="${id}-at">read off at step <var>n</var></label><output data-at></output>
      ${range(`${id}-at`, 'min="0" step="1" data-reader')}</div>
    <div class="rates"></div><span class="spoken" aria-live="polite"></span>
  </div>
  <div class="chips" role="group" aria-label="formulas to show">${NAMES.map(chip).join("")}</div>
  <div class="cards">${NAMES.map((name) => card(id, name)).join("")}</div>
  <div class="common" role="group" aria-label="all schedules">${slider(id, "lr")}${slider(id, "steps")}
    <label class="switch"><input type="checkbox" data-log>logarithmic axis</label></div>`;

// ---- the plot -----------------------------------------------------------------------------------------------

function plot(svg, state, rates, at, goal) {
  const width = Math.max(280, svg.clientWidth || 700);
  const narrow = width < 560;
  const box = { left: 58, top: 26, right: narrow ? 72 : 118, bottom: 40 };
  const inner = { width: width - box.left - box.right, height: Math.min(300, Math.max(190, width * 0.34)) };
  const last = state.steps - 1;
  const shown = NAMES.filter((name) => state.show.includes(name));
  const lowest = Math.min(state.lr, ...shown.map((name) => rates[name][last]));
  // The top is at or above lr, so that a new lr moves the lines.
  const axis = { highest: state.lr, lowest, log: state.log_y, height: inner.height };
  const { y: exact, ticks } = vertical(axis);
  // A rate of 0 has no place on a logarithmic axis; both are drawn just out of sight below the frame.
  const y = (rate) => Math.min(exact(rate), inner.height + 20);
  const x = (step) => (inner.width * step) / last;
  const point = (step, rate) => `${x(step).toFixed(1)} ${y(rate).toFixed(1)}`;
  const grid = ticks.map(
    (rate) => `<path class="grid" d="M0 ${exact(rate).toFixed(1)}H${inner.width}"/>
    <text class="tick" x="-8" y="${exact(rate).toFixed(1)}" dy=".35em" text-anchor="end">${number(rate)}</text>`,
  );
  marks(last, narrow ? 5 : 10, (rest) => x(rest) > 32).forEach((step) =>
    grid.push(`<path class="grid" d="M${x(step).toFixed(1)} ${inner.height}v5"/>
      <text class="tick" x="${x(step).toFixed(1)}" y="${inner.height + 18}" text-anchor="middle">${step}</text>`),
  );

  const lines = shown.map((name) => {
    const points = Array.from(rates[name], (rate, step) => point(step, rate));
    // The step-based rate stays until the next step, so it is drawn as stairs.
    const stairs = points.map((to, step) => (step ? `${point(step, rates[name][step - 1])}L${to}` : to));
    return `<path class="line ${name}" data-line="${name}" d="M${(name === "step" ? stairs : points).join("L")}"/>`;
  });
  const visible = (rate) => exact(rate) <= inner.height + 1;
  const mark = (name, step) =>
    visible(rates[name][step])
      ? `<path class="mark ${name}" d="${SCHEDULES[name].mark}" transform="translate(${point(step, rates[name][step])})"/>`
      : "";
  const ends = shown.map((name) => Math.min(y(rates[name][last]), inner.height));
  const labels = spread(ends, 16, inner.height).map((height, i) => {
    const name = shown[i];
    const { label, short } = SCHEDULES[name];
    const words = (narrow ? short : label) + (visible(rates[name][last]) ? "" : " ↓");
    return `<path class="lead" d="M${inner.width + 8} ${ends[i].toFixed(1)}L${inner.width + 17} ${height.toFixed(1)}"/>
      <text class="name ${name}" x="${inner.width + 21}" y="${height.toFixed(1)}" dy=".35em">${words}</text>`;
  });
  const ring =
    goal && visible(goal.target)
      ? `<circle class="ring${goal.met ? " met" : ""}" cx="${inner.width}" cy="${y(goal.target).toFixed(1)}" r="10"/>`
      : "";

  put(svg, { viewBox: `0 0 ${width} ${inner.height + box.top + box.bottom}` });
  fill_layers(
    svg,
    [
      `
    <text x="-50" y="-13">learning rate <tspan font-style="italic">η</tspan></text>
    <text x="${inner.width / 2}" y="${inner.height + 35}" text-anchor="middle">step <tspan font-style="italic">n</tspan>
      </text>${grid.join("")}<path class="base" d="M0 ${inner.height}H${inner.width}"/>`,
      `
    <path class="cursor" d="M${x(at).toFixed(1)} -4V${inner.height}"/>
    <svg x="-8" y="-8" width="${inner.width + 16}" height="${inner.height + 9}">
      <g transform="translate(8 8)">${lines.join("")}</g></svg>
    ${ring}${shown.map((name) => mark(name, last) + mark(name, at)).join("")}`,
      labels.join(""),
    ].map((markup) => `<g transform="translate(${box.left} ${box.top})">${markup}</g>`),
  );
  return (clientX) => {
    const { left, width: drawn } = svg.getBoundingClientRect();
    const step = Math.round(((((clientX - left) * width) / drawn - box.left) / inner.width) * last);
    return Math.min(last, Math.max(0, step));
  };
}

// ---- one view -----------------------------------------------------------------------------------------------

const KEYS = [...Object.keys(SLIDERS), "log_y", "show", "goal"];
let views = 0;

function render({ model, el }) {
  const id = `lrlab-decay-${views++}`;
  const limits = model.get("_limits");
  el.classList.add("lrlab-explorer", "lrlab-decay");
  el.innerHTML = page(id);
  const find = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const svg = find(".plot");
  const reader = find("[data-reader]");
  const spoken = find(".spoken");
  let at = Math.floor(model.get("steps") / 2);
  let nearest;
  let timer;

  const choose = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };

  function draw() {
    const state = Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
    const { lr, steps } = state;
    const rates = {
      step: formulas.step({ lr, decay: state.step_decay, every: state.step_every }, steps),
      time: formulas.time({ lr, decay: state.time_decay }, steps),
      inverse: formulas.inverse({ lr, decay: state.time_decay }, steps),
      exponential: formulas.exponential({ lr, decay: state.exponential_decay }, steps),
    };
    at = Math.min(at, steps - 1);
    const goal = state.goal && goals[state.goal].ask(state, rates);
    nearest = plot(svg, state, rates, at, goal);

    all("[data-number]").forEach((slot) => {
      say(slot, number(state[slot.dataset.number], 4));
    });
    all("input[data-key]").forEach((input) => {
      const value = state[input.dataset.key];
      const { log } = SLIDERS[input.dataset.key];
      input.value = log ? Math.log10(value) : value;
      put(input, { "aria-valuetext": number(value, 4) });
    });
    all("[data-show]").forEach((box) => {
      box.checked = state.show.includes(box.dataset.show);
      find(`[data-card=${box.dataset.show}]`).hidden = !box.checked; // its sliders would move nothing
    });
    find("[data-log]").checked = state.log_y;

    put(reader, { max: steps - 1 });
    reader.value = at;
    say(find("[data-at]"), at);
    const shown = NAMES.filter((name) => state.show.includes(name));
    fill(
      find(".rates"),
      shown
        .map(
          (name) => `<span>${sample(name)}${SCHEDULES[name].label}
      <b data-rate="${name}">${number(rates[name][at])}</b></span>`,
        )
        .join(""),
    );
    put(reader, { "aria-valuetext": `step ${at}` });
    clearTimeout(timer); // spoken once the hand rests: a sentence for every pixel of a drag helps nobody
    timer = setTimeout(() => {
      const values = shown.map((name) => `${SCHEDULES[name].label} ${number(rates[name][at])}`);
      spoken.textContent = `At step ${at}: ${values.join(", ")}`;
    }, 500);

    show_goal(find(".goal"), goal && { ...goal, text: goals[state.goal].text(state) });
    if (model.get("goal_met") !== Boolean(goal?.met)) choose("goal_met", Boolean(goal?.met));
  }

  all("input[data-key]").forEach((input) => {
    const key = input.dataset.key;
    const [low, high] = limits[key];
    const { log, step } = SLIDERS[key];
    const ends = log ? { min: Math.log10(low), max: Math.log10(high), step: 0.01 } : { min: low, max: high, step };
    Object.assign(input, ends);
    input.addEventListener("input", () => {
      const value = log ? 10 ** input.valueAsNumber : input.valueAsNumber;
      choose(key, Math.min(high, Math.max(low, Number(value.toPrecision(3)))));
    });
  });
  all("[data-show]").forEach((box) =>
    box.addEventListener("change", () => {
      const on = new Set(model.get("show"));
      box.checked ? on.add(box.dataset.show) : on.delete(box.dataset.show);
      choose(
        "show",
        NAMES.filter((name) => on.has(name)),
      );
    }),
  );
  find("[data-log]").addEventListener("change", (event) => choose("log_y", event.target.checked));
  const read = (step) => {
    at = step;
    draw();
  };
  const end = keep_drawn({ model, keys: KEYS, el, svg, reader, step_at: (x) => nearest(x), read, draw });
  return () => {
    end();
    clearTimeout(timer);
  };
}

export default { render };
