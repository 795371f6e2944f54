// The decay explorer's schedules, its goals and its page.

import { log_tick, more, reader, slider, stage } from "../shared/controls.js";
import { each_of } from "../shared/dom.js";
import { curves } from "../shared/formulas.js";
import { number, within } from "../shared/numbers.js";
import { sample } from "../shared/marks.js";
import { spoken } from "../shared/view.js";

export const formulas = {
  step: curves.StepDecay,
  time: curves.TimeDecay,
  inverse: curves.InverseTimeDecay,
  exponential: curves.ExponentialDecay,
};

/** The rates of each schedule. */
export function rates_of({ lr, steps, step_decay, step_every, time_decay, exponential_decay }) {
  return {
    step: formulas.step({ lr, decay: step_decay, every: step_every }, steps),
    time: formulas.time({ lr, decay: time_decay }, steps),
    inverse: formulas.inverse({ lr, decay: time_decay }, steps),
    exponential: formulas.exponential({ lr, decay: exponential_decay }, steps),
  };
}

// A goal: what to do, and from the state and the rates whether it is met, how far one is, where the ring goes.
export const goals = {
  tenth: {
    harder: [
      {
        text: () => "Now at a hundredth.",
        ask: ({ lr }, { exponential }) => ({
          met: within(exponential.at(-1), lr / 100, 0.05),
          now: `It ends at ${number(exponential.at(-1) / lr)} of its start.`,
          target: lr / 100,
        }),
      },
    ],
    needs: ["exponential"],
    text: ({ steps }) =>
      `Make the exponential schedule end its ${steps} steps at one tenth of where it started, in the ring.`,
    ask: ({ lr }, { exponential }) => ({
      met: within(exponential.at(-1), lr / 10, 0.05),
      now: `It ends at ${number(exponential.at(-1) / lr)} of its start.`,
      target: lr / 10,
    }),
  },
  meet: {
    needs: ["step", "exponential"],
    harder: [
      {
        text: () => "Now at a hundredth of where they start.",
        ask: ({ lr }, { step, exponential }) => ({
          met: [step, exponential].every((rates) => within(rates.at(-1), lr / 100, 0.1)),
          now: `They end at ${number(step.at(-1) / lr)} and ${number(exponential.at(-1) / lr)} of it.`,
          target: lr / 100,
        }),
      },
    ],
    text: ({ steps }) => `Make the step-based and the exponential schedule meet at the end of the ${steps} steps.`,
    ask: (_, { step, exponential }) => ({
      met: within(exponential.at(-1), step.at(-1), 0.1),
      now: `They end at ${number(step.at(-1))} and ${number(exponential.at(-1))}.`,
      target: step.at(-1),
    }),
  },
};

export const SCHEDULES = {
  step: {
    label: "step-based",
    short: "step",
    shape: "square",
    sliders: ["step_decay"],
    hint: "The same rate for a while, then a drop.",
  },
  time: {
    label: "time-based",
    short: "time",
    shape: "up",
    sliders: ["time_decay"],
    hint: "Each rate is made from the one before.",
  },
  inverse: {
    label: "inverse time",
    short: "inverse",
    shape: "diamond",
    sliders: ["time_decay"],
    hint: "Looks like time-based, but always starts from <var>η</var><sub>0</sub>: not on the slides.",
  },
  exponential: {
    label: "exponential",
    short: "exp.",
    shape: "circle",
    sliders: ["exponential_decay"],
    hint: "Loses the same share at every step.",
  },
};
export const NAMES = Object.keys(SCHEDULES);

const whole = { step: 1, whole: true };
const log = { step: 0.01, log: true };
// Each card has a d: what names them to a screen reader says whose.
const of = (name) => `<span class="spoken">of ${SCHEDULES[name].label}</span>`;
export const SLIDERS = {
  lr: { label: () => "<var>η</var><sub>0</sub> initial learning rate", ...log },
  steps: { label: () => "number of steps", ...whole },
  step_decay: { label: (name) => `<var>d</var> ${of(name)} factor`, step: 0.01 },
  step_every: { label: () => "<var>r</var> of step-based: steps between drops", ...whole },
  time_decay: { label: (name) => `<var>d</var> ${of(name)} decay, one for both`, ...log },
  exponential_decay: { label: (name) => `<var>d</var> ${of(name)} decay`, ...log },
};

const HELP = {
  lr: "The learning rate of step 0, of all formulas.",
  steps: "How many steps are drawn.",
  step_decay: "The factor of each drop: the smaller, the deeper.",
  step_every: "After how many steps the step-based formula drops, again and again.",
  time_decay: "How quickly it decays: the larger, the quicker.",
  exponential_decay: "Which share of the learning rate goes at every step, about: 0.01 is 1 %.",
};
const control = (id, key, name = "") =>
  slider(`${id}-${name}-${key}`, SLIDERS[key].label(name), `data-key="${key}"`, `data-number="${key}"`, HELP[key]);
const card = (id, name, math) => {
  const { label, hint, sliders } = SCHEDULES[name];
  return `<div class="card ${name}" data-card="${name}" data-part="${name}" role="group" aria-label="${label} schedule">
    <b>${label}</b><p>${hint}</p><div class="math">${math}</div>
    <div class="sliders">${each_of(sliders, (key) => control(id, key, name))}</div></div>`;
};
const chip = (name) => `<label class="switch ${name}"><input type="checkbox" data-show="${name}">
  ${sample(name, SCHEDULES[name].shape)}${SCHEDULES[name].label}</label>`;

export const page = (math) => (id) =>
  `
  ${stage('<svg class="plot" role="img" aria-label="Learning rate over the steps, one line for each schedule"></svg>')}
  <div class="main"></div>
  <div class="chips" role="group" aria-label="formulas to show">${each_of(NAMES, chip)}</div>
  <div class="readout">${reader(id, "read off at step <var>n</var>")}<div class="rates"></div>${spoken}</div>
  ${more(`<p class="where"><var>n</var>: the step, counted from 0; <var>η</var><sub>n</sub>: the learning rate at step <var>n</var>.</p>
    <div class="cards">${each_of(NAMES, (name) => card(id, name, math[name]))}</div>
    <div class="common" role="group" aria-label="all schedules">${each_of(["step_every", "lr", "steps"], (key) => control(id, key))}
    ${log_tick(id, "logarithmic axis")}</div>`)}`;
