// What the descent explorer shows around its pictures: the sliders' values, the limits of the rate, what each path did.

import { set_slider } from "../shared/controls.js";
import { choose, each_of, fill, put, say } from "../shared/dom.js";
import { clamp, number } from "../shared/numbers.js";
import { sample } from "../shared/marks.js";
import { SCHEDULES, SLIDERS, STYLES, descent_code } from "./controls.js";

/** The limits of the rate, each below the slider where a thumb at that rate would be. */
function limit_marks(limits, { min, max }) {
  return each_of(limits, ([name, rate]) => {
    const share = clamp((Math.log10(rate) - min) / (max - min), 0, 1);
    return `<span style="left: calc(8px + ${share} * (100% - 16px))"><i></i><em style="transform: translateX(${-100 * share}%)"
      >${name}${name === "2/c" ? " =" : ""} ${number(rate)}</em></span> `;
  }).trim();
}

/** The sliders, and which of them the chosen schedules need. `ends` is where they end, as Python says. */
export function show_sliders({ all }, ends, state) {
  all("input[data-key]").forEach((input) => {
    const { key } = input.dataset;
    const [low, high] = ends[key];
    set_slider(input, { ...SLIDERS[key], low, high }, state[key], number(state[key], 4));
  });
  const used = new Set([state.schedule, state.compare].filter(Boolean).flatMap((name) => SCHEDULES[name].sliders));
  all("[data-slider]").forEach(({ dataset, classList }) => {
    const key = dataset.slider;
    const unused = /^(step_|exp|T_|eta)/.test(key) && !used.has(key);
    classList.toggle("off", unused || (key === "seed" && !state.noise));
  });
}

/** All other controls, and the state as a line of Python. `shown` is what is drawn. */
export function show_state({ find, all }, state, { place, view: seen, start }, limits) {
  all("[data-choice]").forEach((choice) => {
    choose(choice, state[choice.dataset.choice] ?? "");
  });
  find("[data-switch]").checked = state.nesterov;
  say(find(".words"), place.words);
  all("[data-place]").forEach((input) => {
    const i = Number(input.dataset.place);
    input.closest(".slider").hidden = i >= place.dim;
    if (i >= place.dim) return;
    const [low, high] = seen[i];
    put(input, { min: low.toFixed(6), max: high.toFixed(6), "aria-valuetext": number(start[i]) });
    input.value = start[i];
    say(find(`[data-start="${i}"]`), number(start[i]));
  });
  fill(find(".limits"), limit_marks(limits, find("[data-key=lr]").scale));
  const constant = state.schedule === "constant";
  fill(find(".rate-name"), constant ? "<var>η</var> learning rate" : "<var>η</var><sub>0</sub> initial learning rate");
  say(find("pre"), descent_code(state, place));
}

/** What each path did, in words, and its numbers at the step. */
export function show_runs({ find, speak }, names, runs, verdicts, at) {
  runs.forEach((run, i) => {
    const style = STYLES[i];
    const { kind, title, text } = verdicts[i];
    const [first, rest] = find(`[data-verdict=${style}] > span`).children;
    find(`[data-verdict=${style}]`).dataset.kind = kind;
    say(first, `${title}.`);
    say(rest, text);
    const n = Math.min(at, run.path.length - 1);
    const where = run.path[n].map((part, k) => `<var>${"xy"[k]}</var> <b>${number(part)}</b>`);
    fill(
      find(`[data-values=${style}]`),
      `${sample(style, "circle")}<span>${where.join(" ")}</span> <span>loss <b data-loss>${number(run.loss[n])}</b></span>
      <span>next rate <b>${n < run.lr.length ? number(run.lr[n]) : "–"}</b></span>`,
    );
  });
  const said = verdicts.map(({ title, text }, i) => `${runs.length > 1 ? `${names[i]}: ` : ""}${title}. ${text}`);
  speak(said.join(" "));
}
