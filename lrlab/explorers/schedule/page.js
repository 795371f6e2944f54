// The schedule explorer's page, around the controls of the schedule's fields.

import { OWN_KEYS, dropdown, log_tick, more, reader, slider, stage } from "../shared/controls.js";
import { each_of } from "../shared/dom.js";
import { spoken } from "../shared/view.js";

export const COMMON = {
  steps: { low: 20, high: 500, step: 1, whole: true },
  steps_per_epoch: { low: 1, high: 100, step: 1, whole: true },
};
const HELP = {
  steps: "How many steps are drawn; the schedule itself stays as it is.",
  steps_per_epoch: "How many updates an epoch has, for the words below the axis.",
};
const common = (id, key, label) => slider(`${id}-${key}`, label, `data-common="${key}"`, "", HELP[key]);

/** Lines of Python under the name of their library, with a button that copies them. */
export const code = (name, label) => `<div class="code"><b>${label}</b>
  <pre tabindex="0" role="group" aria-label="${label}" ${OWN_KEYS}><code data-code="${name}"></code></pre>
  <button type="button" data-copy="${name}" aria-label="copy the code for ${name}" ${OWN_KEYS}>Copy</button></div>`;

export const page = (id) => `
  ${stage('<svg class="plot" role="img" aria-label="Learning rate over the steps"></svg>')}
  <div class="top"><div class="explained">${dropdown(`${id}-name`, "schedule", "data-name", [], "Which schedule you see and move: the lecture's, torch's or one of the field.")}</div>
    <p data-hint></p></div>
  <p class="refused" role="alert" hidden></p>
  <div class="panel"><div class="sliders main" role="group" aria-label="arguments of the schedule"></div><div class="math" role="group" aria-label="formula" ${OWN_KEYS}></div></div>
  <div class="readout">${reader(id, "read off at step <var>n</var>")}
    <table class="lines" role="table"><caption class="spoken">the curves, and their values where you read off</caption>
      <thead role="rowgroup"><tr role="row">${each_of(["curve", "learning rate", "momentum"], (head) => `<th role="columnheader">${head}</th>`)}
        <th role="columnheader"><span class="spoken">pin or remove</span></th></tr></thead><tbody role="rowgroup"></tbody></table>
    ${spoken}</div>
  <details class="trained"><summary ${OWN_KEYS}>trained on MNIST: <b data-trained></b></summary>
    <svg role="img"></svg><p data-trained-more></p></details>
  <details class="by-shape"><summary ${OWN_KEYS}>all schedules, by their shapes</summary><div class="shapes" role="group" aria-label="schedules"></div></details>
  ${more(`<div class="sliders others" role="group" aria-label="more arguments of the schedule"></div>
  <div class="common" role="group" aria-label="axes">${common(id, "steps", "steps shown")}
    ${common(id, "steps_per_epoch", "steps in an epoch")}
    ${log_tick(id, "logarithmic axis")}</div>`)}
  <div class="codes">${code("lrlab", "lrlab")}${code("torch", "torch")}
    <details class="elsewhere"><summary ${OWN_KEYS}></summary><div class="codes"></div></details><span class="spoken" role="status" data-copied></span></div>`;
