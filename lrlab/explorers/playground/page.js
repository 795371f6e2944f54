// The playground's page: one slider and the curves that answer; all else folds out.

import { OWN_KEYS, dropdown, log_tick, reader, slider, stage, tick } from "../shared/controls.js";
import { each_of } from "../shared/dom.js";
import { spoken } from "../shared/view.js";

export const RATE = { low: 1e-4, high: 10, log: true, step: 0.01 };
// The sliders of the folds, by the traits they move.
export const SLIDERS = {
  width: { label: "width of the hidden layer", help: "How many units the hidden layer has.", step: 1, whole: true },
  momentum: { label: "momentum", help: "Which part of the last update is added to each update.", step: 0.01 },
  weight_decay: {
    label: "weight decay",
    help: "How strongly the weights are drawn to 0.",
    step: 0.01,
    log: true,
    notch: 0,
    gap: 0.2,
  },
  batch_size: { label: "batch size", help: "How many examples each update looks at.", step: 1, whole: true },
  noise: { label: "wrong labels", help: "Which part of the training labels is wrong.", step: 0.01 },
  updates: { label: "updates", help: "How many steps of the optimizer the run has.", step: 10, whole: true },
  seeds: {
    label: "seeds at once",
    help: "How many runs there are, each with other first weights and another order of examples.",
    step: 1,
    whole: true,
  },
  seed: { label: "first seed", help: "Which random numbers the first run has.", step: 1, whole: true },
};
// What the optimizer that is chosen does.
export const OPTIMIZERS = {
  SGD: "Moves the weights against the gradient, by the learning rate times it.",
  Adam: "Divides a mean of the last gradients by the root of a mean of their squares, weight by weight.",
  AdamW: "Adam, but weight decay draws at the weights themselves and not through the gradient.",
  RMSprop: "Divides the gradient by the root of a mean of its last squares, weight by weight.",
  Adagrad: "Divides the gradient by the root of the sum of all its squares, so updates become smaller by themselves.",
  Lion: "Moves each weight by exactly the learning rate; the gradients give only the sign. Try a tenth of Adam's learning rate.",
  ScheduleFreeSGD: "SGD with a mean of all its points in the place of a decay: validation looks at that mean.",
  ScheduleFreeAdamW: "AdamW with a mean of all its points in the place of a decay: validation looks at that mean.",
};
const CHOICES = {
  data: "What the network learns to tell apart: digits, or points in the plane.",
  model: "Which network learns.",
  activation: "What each hidden unit makes of the sum of its inputs.",
  optimizer: OPTIMIZERS.SGD,
};
const WORDS = {
  digits: "digits, 8 × 8",
  spirals: "two spirals",
  rings: "two rings",
  softmax: "softmax regression",
  hidden: "one hidden layer",
  relu: "ReLU",
  ScheduleFreeSGD: "schedule-free SGD",
  ScheduleFreeAdamW: "schedule-free AdamW",
};
export const MISTAKES = {
  accumulated: "gradients are never set to zero",
  zeros: "all weights start at zero",
  labels: "images and labels don't belong together",
  sorted: "the images come sorted by their label",
  scale: "the pixels are 16 times as large",
};

const own = (id, key) => slider(`${id}-${key}`, SLIDERS[key].label, `data-key="${key}"`, "", SLIDERS[key].help);
const select = (id, key, options) =>
  `<div class="slider">${dropdown(
    `${id}-${key}`,
    key,
    `data-choice="${key}"`,
    options.map((one) => [one, WORDS[one] ?? one]),
    CHOICES[key],
  )}</div>`;
const button = (attributes, words) => `<button type="button" ${attributes} ${OWN_KEYS}>${words}</button>`;
const fold = (name, title, inside) =>
  `<details data-fold="${name}"><summary ${OWN_KEYS}>${title}</summary><div class="fold">${inside}</div></details>`;

export const page = (choices) => (id) =>
  `
  ${stage(`<div class="pictures"><svg class="plot" role="img" aria-label="Learning rate, training loss and validation accuracy over the updates"></svg>
    <figure hidden><canvas width="32" height="32" role="img" aria-label="decision boundary"></canvas>
      <svg class="points" viewBox="-1.25 -1.25 2.5 2.5" aria-hidden="true"></svg>
      <figcaption data-boundary></figcaption>${button("data-play", "play")}</figure></div>`)}
  <div class="main">${slider(`${id}-lr`, "learning rate <var>η</var>", "data-rate", "", "The highest learning rate of the run: each update moves the weights by it times the gradient.")}</div>
  <p class="verdict"><span data-verdict></span></p>
  <div class="below"></div>
  <div class="readout">${reader(id, "read off after update <var>n</var>")}
    <div class="pins"><ul data-lines></ul></div>${spoken}</div>
  <div class="buttons">${button("data-sweep", "Sweep 24 learning rates")}
    ${button('data-pin="A"', "Hold as A")}${button('data-pin="B"', "Hold as B")}${button("data-clear", "Clear A and B")}${button("data-reset", "Reset")}</div>
  <div class="swept" hidden><svg class="plot sweep" role="img" aria-label="Loss at the end of a run, by its learning rate"></svg></div>
  ${fold(
    "schedule",
    "Schedule",
    `<div class="slider">${dropdown(`${id}-name`, "schedule", "data-name", [], "How the learning rate goes on from update to update.")}</div>
    ${slider(`${id}-warmup`, "warm-up", "data-warmup", "", "In how many updates the learning rate rises to where the schedule starts.")}
    <div class="sliders" role="group" aria-label="arguments of the schedule"></div>
    <p class="hand" data-hand hidden>Drag the round handles in the picture of the learning rate. With the keyboard: choose a point and move it by the slider.</p>
    <div class="hand" data-hand hidden>${slider(`${id}-point`, "point", 'min="1" step="1" data-point', "", "Which of the points you move.")}${slider(`${id}-height`, "its learning rate", "data-height", "", "The learning rate at this point; between two points it goes in a straight line.")}</div>
    <p class="refused" role="alert" hidden></p>`,
  )}
  ${fold(
    "network",
    "Network, data and optimizer",
    `${each_of(["data", "model", "activation", "optimizer"], (key) => select(id, key, choices[key]))}
    ${each_of(Object.keys(SLIDERS), (key) => own(id, key))}
    ${tick(`${id}-nesterov`, "data-nesterov", "Nesterov", "Adds the momentum before it takes the gradient's step: a look ahead.")}`,
  )}
  ${fold(
    "measures",
    "Measures, and a run to diagnose",
    `${log_tick(id, "logarithmic loss")}
    ${tick(`${id}-ratio`, "data-ratio", "size of each update beside the weights", "The length of each update divided by that of all weights; about 0.001 is usual.")}
    ${tick(`${id}-sharp`, "data-sharp", "sharpness beside 2/η", "How strongly the loss curves in its steepest direction; above 2/η, updates by plain SGD jump higher each time.")}
    ${button("data-diagnose", "A run with a hidden mistake")}
    <div class="case" hidden><div class="explained">${dropdown(`${id}-case`, "What is wrong?", "data-case", [["", "choose"], ...Object.entries(MISTAKES)], "Your guess; a wrong one leaves the run as it is.")}</div>
      <span role="status" data-answer></span></div>`,
  )}
  ${fold(
    "python",
    "The same in Python",
    `<div class="code"><pre tabindex="0" role="group" aria-label="Python" ${OWN_KEYS}><code data-code="lrlab"></code></pre>
    ${button('data-copy="lrlab" aria-label="copy the code"', "Copy")}<span class="spoken" role="status" data-copied></span></div>`,
  )}`;
