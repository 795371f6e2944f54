// The page of the descent explorer: its schedules, scenes and controls, and the state as a path and as a line of Python.

import { OWN_KEYS, goal_line, range } from "../shared/old_controls.js";
import { curves } from "../shared/formulas.js";
import { landscapes, walk } from "./landscapes.js";
import { layers } from "./plot.js";

// The schedules: their rates at steps 0, 1, …, and as a line of Python.
export const SCHEDULES = {
  constant: { sliders: [], of: ({ lr }) => ["Constant", { lr }] },
  step: {
    sliders: ["step_decay", "step_every"],
    of: ({ lr, step_decay: decay, step_every: every }) => ["StepDecay", { lr, decay, every }],
  },
  exponential: {
    sliders: ["exponential_decay"],
    of: ({ lr, exponential_decay: decay }) => ["ExponentialDecay", { lr, decay }],
  },
  cosine: { sliders: ["eta_min"], of: ({ lr, steps: T_max, eta_min }) => ["Cosine", { lr, T_max, eta_min }] },
  "cosine warm restarts": {
    sliders: ["T_0", "T_mult", "eta_min"],
    of: ({ lr, T_0, T_mult, eta_min }) => ["CosineWarmRestarts", { lr, T_0, T_mult, eta_min }],
  },
};
const NAMES = Object.keys(SCHEDULES);

export function rates(name, state) {
  const [kind, values] = SCHEDULES[name].of(state);
  return curves[kind](values, state.steps);
}

/** The line of Python that takes the same path. */
export function python(state, place) {
  const [kind, { lr, ...rest }] = SCHEDULES[state.schedule].of(state);
  const words = (values) =>
    Object.entries(values)
      .map(([name, value]) => `, ${name}=${value}`)
      .join("");
  const start = state.start === null ? "" : `, start=${place.dim === 1 ? state.start : `(${state.start.join(", ")})`}`;
  const momentum = state.momentum ? `, momentum=${state.momentum}${state.nesterov ? ", nesterov=True" : ""}` : "";
  const noise = state.noise ? `, noise=${state.noise}, seed=${state.seed}` : "";
  return `descend(${place.code}, schedule=${kind}(${lr}${words(rest)}), steps=${state.steps}${start}${noise}${momentum})`;
}

/** Where the state's path begins: [x] or [x, y]. */
export const beginning = ({ start }, place) => (start === null ? place.start : [start].flat());

/** The path of the state with one schedule. */
export function take(name, state, place, draws) {
  const { momentum, nesterov, noise, steps } = state;
  const start = beginning(state, place);
  const added = noise ? draws.slice(0, steps * place.dim).map((draw) => noise * draw) : [];
  return walk(landscapes[state.landscape](place.arguments), {
    lr: rates(name, state),
    start,
    momentum,
    nesterov,
    noise: added,
  });
}

// What the lecture shows, each at one press. The bowl's rates follow its stability limit.
const plain = { schedule: "constant", compare: null, momentum: 0, nesterov: false, noise: 0, start: null };
const bowl = (share) => (limit) => ({
  ...plain,
  landscape: "Bowl",
  lr: Number((share * limit).toPrecision(3)),
  steps: 60,
});
export const SCENES = {
  "too small": bowl(0.005),
  right: bowl(0.15),
  oscillating: bowl(0.9),
  diverging: bowl(1.05),
  "a well that only decay finds": () => ({
    ...plain,
    landscape: "ValleyWithWell",
    lr: 0.5,
    steps: 80,
    schedule: "exponential",
    exponential_decay: 0.06,
    compare: "constant",
  }),
  "one cosine, warm restarts": () => ({
    ...plain,
    landscape: "ManyMinima",
    lr: 1.25,
    steps: 200,
    noise: 0.3,
    seed: 0,
    schedule: "cosine",
    compare: "cosine warm restarts",
    T_0: 25,
    T_mult: 1,
    eta_min: 0,
  }),
};

export const zero = (value, low) => (value === 0 ? Math.log10(low) - 0.1 : Math.log10(value)); // below the lowest rate: none
export const SLIDERS = {
  lr: {
    label: '<span class="rate-name"></span> &ensp;<span class="hint" aria-hidden="true">▲ stability limit</span>',
    log: true,
  },
  momentum: { label: "<var>β</var> momentum", step: 0.01 },
  steps: { label: "number of steps", step: 1 },
  noise: { label: "noise on each gradient", step: 0.05 },
  seed: { label: "seed of the noise", step: 1 },
  step_decay: { label: "<var>d</var> factor", step: 0.05 },
  step_every: { label: "<var>r</var> steps between drops", step: 1 },
  exponential_decay: { label: "<var>d</var> decay", log: true, zero: true },
  T_0: { label: "<var>T</var><sub>0</sub> steps of the first cycle", step: 1 },
  T_mult: { label: "<var>m</var> each cycle longer by", step: 1 },
  eta_min: { label: "<var>η</var><sub>min</sub> lowest rate", log: true, zero: true },
};
const slider = (
  id,
  key,
) => `<div class="slider" data-slider="${key}"><label for="${id}-${key}">${SLIDERS[key].label}</label>
  <output aria-live="off" for="${id}-${key}" data-number="${key}"></output>${range(`${id}-${key}`, `data-key="${key}"`)}</div>`;
const place_slider = (id, i) => `<div class="slider"><label for="${id}-start${i}">start <var>${"xy"[i]}</var></label>
  <output aria-live="off" for="${id}-start${i}" data-start="${i}"></output>${range(`${id}-start${i}`, `data-place="${i}"`)}</div>`;
const select = (id, key, label, options) => `<div class="choice"><label for="${id}-${key}">${label}</label>
  <select id="${id}-${key}" data-choice="${key}" ${OWN_KEYS}>${options
    .map(([value, words]) => `<option value="${value}">${words}</option>`)
    .join("")}</select></div>`;
export const sample = (
  style,
) => `<svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true"><path class="graph ${style}" d="M-19 0H19"/>
  <circle class="mark ${style}" r="4"/></svg>`;
export const STYLES = ["first", "second"];
const map = (style) => `<figure class="map" data-map="${style}"><figcaption>${sample(style)}<b></b></figcaption>
  <div class="ground"><canvas></canvas><svg class="plot" role="img">${layers}<circle class="start ${style}" r="8">
  <title>the start: drag it</title></circle></svg></div></figure>`;

export const page = (id, places) => `${goal_line}
  <div class="scenes" role="group" aria-label="scenes from the lecture">${Object.keys(SCENES)
    .map((name) => `<button type="button" data-scene="${name}" ${OWN_KEYS}>${name}</button>`)
    .join("")}</div>
  <div class="pictures">
    <div class="maps">${STYLES.map(map).join("")}</div>
    <div class="hand">
      <div class="verdicts">${STYLES.map((style) => `<p data-verdict="${style}">${sample(style)}<span><b></b> <span></span></span></p>`).join("")}</div>
      <div class="rate">${slider(id, "lr")}<div class="limits" id="${id}-limits"></div></div>
      <div class="scrub"><button type="button" data-play ${OWN_KEYS}>play</button>
        <div class="slider"><label for="${id}-at">step <var>n</var></label><output aria-live="off" data-at></output>
          ${range(`${id}-at`, 'min="0" step="1" data-scrub')}</div></div>
      <div class="values">${STYLES.map((style) => `<p data-values="${style}"></p>`).join("")}</div>
    </div>
    <div class="panels"><svg class="plot" data-panel="loss" role="img" aria-label="Loss over the steps">${layers}</svg>
      <svg class="plot" data-panel="lr" role="img" aria-label="Learning rate over the steps">${layers}</svg></div>
  </div>
  <span class="spoken" aria-live="polite"></span>
  <div class="cards">
    <div class="card" role="group" aria-label="landscape">
      ${select(
        id,
        "landscape",
        "landscape",
        Object.entries(places).map(([name, { label }]) => [name, label]),
      )}
      <p class="words"></p>${place_slider(id, 0)}${place_slider(id, 1)}</div>
    <div class="card" role="group" aria-label="gradient descent">
      ${slider(id, "steps")}${slider(id, "momentum")}
      <label class="switch"><input type="checkbox" data-switch="nesterov">Nesterov's look-ahead</label>
      ${slider(id, "noise")}${slider(id, "seed")}
      <p class="note" role="status" hidden>Another seed's noise comes from Python: it needs a running kernel.</p></div>
    <div class="card" role="group" aria-label="schedule">
      ${select(
        id,
        "schedule",
        "schedule",
        NAMES.map((name) => [name, name]),
      )}
      ${select(id, "compare", "compare", [["", "with nothing"], ...NAMES.map((name) => [name, name])])}
      ${["step_decay", "step_every", "exponential_decay", "T_0", "T_mult", "eta_min"].map((key) => slider(id, key)).join("")}</div>
  </div>
  <details><summary ${OWN_KEYS}>the same in Python</summary><pre tabindex="0" role="group" aria-label="the same in Python" ${OWN_KEYS}></pre></details>`;
