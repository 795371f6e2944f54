// The page of the descent explorer: its schedules, scenes and controls, and the state as a path and as a line of Python.

import { OWN_KEYS, dropdown, more, reader, slider, stage, tick } from "../shared/controls.js";
import { each_of } from "../shared/dom.js";
import { curves } from "../shared/formulas.js";
import { sample } from "../shared/marks.js";
import { spoken } from "../shared/view.js";
import { landscapes, walk } from "./landscapes.js";

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
export function descent_code(state, place) {
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

/**
 * The rate for another landscape: the one that there is or, where it would diverge there, half of a limit of that
 * landscape, the highest that does not.
 */
export function rate_for(landscape, state, place, draws) {
  const goes_away = (lr) => {
    const { loss, diverged } = take(state.schedule, { ...state, landscape, lr, start: null }, place, draws);
    return diverged || loss.at(-1) > loss[0];
  };
  if (!goes_away(state.lr)) return state.lr;
  const halves = place.limits.map(([, limit]) => Number((limit / 2).toPrecision(2))).sort((a, b) => b - a);
  return halves.find((lr) => !goes_away(lr)) ?? state.lr;
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

const whole = { step: 1, whole: true };
const log = { log: true, step: 0.01 };
const or_zero = { ...log, notch: 0, gap: 0.1 };
export const SLIDERS = {
  lr: {
    label: '<span class="rate-name"></span> &ensp;<span class="hint" aria-hidden="true">▲ stability limit</span>',
    ...log,
  },
  momentum: { label: "<var>β</var> momentum", step: 0.01 },
  steps: { label: "number of steps", ...whole },
  noise: { label: "noise on each gradient", step: 0.05 },
  seed: { label: "seed of the noise", ...whole },
  step_decay: { label: "<var>d</var> factor", step: 0.05 },
  step_every: { label: "<var>r</var> steps between drops", ...whole },
  exponential_decay: { label: "<var>d</var> decay", ...or_zero },
  T_0: { label: "<var>T</var><sub>0</sub> steps of the first cycle", ...whole },
  T_mult: { label: "<var>m</var> each cycle longer by", ...whole },
  eta_min: { label: "<var>η</var><sub>min</sub> lowest rate", ...or_zero },
};
const HELP = {
  landscape: "The loss that is gone down: a function of one parameter, or of two.",
  schedule: "How the learning rate goes on from step to step.",
  compare: "A second schedule, which begins at the same place and at the same learning rate.",
  nesterov: "Takes the slope a little ahead, where the momentum is about to lead.",
  lr: "How far each step goes: the learning rate times the slope, downhill.",
  momentum: "Which part of the last step is added to each step; 0 for none.",
  steps: "How many steps the descent has.",
  noise: "How much chance is added to each slope, as batches do in training.",
  seed: "Which random numbers the noise has.",
  step_decay: "The factor of each drop of the learning rate: the smaller, the deeper.",
  step_every: "After how many steps the learning rate drops, again and again.",
  exponential_decay: "How quickly the learning rate decays: the larger, the quicker.",
  T_0: "How many steps the first cycle of the learning rate has.",
  T_mult: "How many times as long each cycle is as the one before.",
  eta_min: "The lowest learning rate, at the end of each cycle.",
};
const control = (id, key) =>
  `<div data-slider="${key}" data-part="${key}">${slider(`${id}-${key}`, SLIDERS[key].label, `data-key="${key}"`, `data-number="${key}"`, HELP[key])}</div>`;
const place_slider = (id, i) =>
  slider(
    `${id}-start${i}`,
    `start <var>${"xy"[i]}</var>`,
    `data-place="${i}" step="any"`,
    `data-start="${i}"`,
    `Where the descent begins, along ${"xy"[i]}; a click on the picture sets it too.`,
  );
const select = (id, key, options) =>
  `<div class="choice explained" data-part="${key}">${dropdown(`${id}-${key}`, key, `data-choice="${key}"`, options, HELP[key])}</div>`;
export const STYLES = ["first", "second"];
const map = (
  style,
) => `<figure class="map" data-map="${style}"><figcaption>${sample(style, "circle")}<b></b></figcaption>
  <div class="ground"><img alt=""><svg class="plot" role="img"></svg></div></figure>`;

export const page = (places) => (id) =>
  `${stage(`<div class="pictures">
      <div class="maps">${each_of(STYLES, map)}</div>
      <div class="panels"><svg class="plot" data-panel="loss" role="img" aria-label="Loss over the steps"></svg>
        <svg class="plot" data-panel="lr" role="img" aria-label="Learning rate over the steps"></svg></div>
    </div>
    <div class="scrub"><button type="button" data-play ${OWN_KEYS}>play</button>${reader(id)}</div>`)}
  <div class="verdicts">${each_of(STYLES, (style) => `<p data-verdict="${style}">${sample(style, "circle")}<span><b></b> <span></span></span></p>`)}</div>
  <div class="main"><div class="rate" data-part="rate">${control(id, "lr")}<div class="limits" id="${id}-limits"></div></div></div>
  <div class="scenes" role="group" aria-label="scenes from the lecture">${each_of(Object.keys(SCENES), (name) => `<button type="button" data-scene="${name}" ${OWN_KEYS}>${name}</button>`)}</div>
  <div class="values">${each_of(STYLES, (style) => `<p data-values="${style}"></p>`)}</div>
  <div class="below"></div>
  ${spoken}
  ${more(`<div class="cards">
    <div class="card" role="group" aria-label="landscape">
      ${select(
        id,
        "landscape",
        Object.entries(places).map(([name, { label }]) => [name, label]),
      )}
      <p class="words"></p>${place_slider(id, 0)}${place_slider(id, 1)}</div>
    <div class="card" role="group" aria-label="gradient descent">
      ${control(id, "steps")}${control(id, "momentum")}
      ${tick(`${id}-nesterov`, 'data-switch="nesterov"', "Nesterov's look-ahead", HELP.nesterov)}
      ${control(id, "noise")}${control(id, "seed")}
      <p class="note" role="status" hidden>Another seed's noise comes from Python: it needs a running kernel.</p></div>
    <div class="card" role="group" aria-label="schedule">
      ${select(
        id,
        "schedule",
        NAMES.map((name) => [name, name]),
      )}
      ${select(id, "compare", [["", "with nothing"], ...NAMES.map((name) => [name, name])])}
      ${each_of(["step_decay", "step_every", "exponential_decay", "T_0", "T_mult", "eta_min"], (key) => control(id, key))}</div>
  </div>`)}
  <details class="pairs"><summary ${OWN_KEYS}>which learning rates and momenta converge</summary>
    <svg class="plot" role="img" aria-label="Map of learning rate and momentum: which pairs converge"></svg><p data-pairs></p></details>
  <details><summary ${OWN_KEYS}>the same in Python</summary><pre tabindex="0" role="group" aria-label="the same in Python" ${OWN_KEYS}></pre></details>`;
