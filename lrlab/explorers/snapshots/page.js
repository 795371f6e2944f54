// The snapshot explorer's page, and all on it that depends on which snapshots are in the ensemble.

import { OWN_KEYS, more, slider, stage } from "../shared/controls.js";
import { each_of } from "../shared/dom.js";
import { number } from "../shared/numbers.js";
import { sample } from "../shared/marks.js";
import { spoken } from "../shared/view.js";
import { MARKERS } from "./plot.js";
import { counted, diversity, error_words, is_last, mistakes, since, verdict } from "./text.js";

const LEGEND = {
  own: "a snapshot alone",
  growing: "it and all later ones together",
  choice: "your choice together",
  single: "the single model",
};

export const page = (id) => `
  ${stage(`<div class="legend">${each_of(Object.entries(LEGEND), ([name, words]) => `<span>${sample(name, MARKERS[name])}${words}</span>`)}</div>
  <svg class="plot" role="img" aria-label="The learning rate in cycles, a snapshot at the end of each; below, the errors"></svg>`)}
  <div class="choose main">
    ${slider(`${id}-last`, "how many, from the last one back", 'min="1" step="1" data-many', "data-last", "How many snapshots answer together, beginning with the last one.")}
    <div class="which" role="group" aria-label="which snapshots are in the ensemble"></div>
  </div>
  <p class="verdict"><b data-sign aria-hidden="true"></b> <span data-verdict></span></p>
  <p class="count"></p>
  <div class="digits"><div class="tiles" role="radiogroup" aria-label="digits on which the snapshots disagree"></div>
    <div class="digit"><div class="large"></div>
      <div class="says" tabindex="0" ${OWN_KEYS} role="group" aria-label="what each snapshot says of the digit"><table><caption></caption>
      <thead><tr><th scope="col">model</th><th scope="col">says</th><th scope="col">sure of it</th><th scope="col" class="wider" data-of></th>
        <th scope="col" class="wide" data-classes></th></tr></thead><tbody></tbody></table></div></div></div>
  ${more(
    `<div class="results"><div><table class="errors"><caption>mistakes on the validation images</caption>
      <thead><tr><th scope="col">model</th><th scope="col">mistakes</th><th scope="col">error</th></tr></thead><tbody></tbody></table></div>
    <div><table class="differ"><caption>on how many images two snapshots differ, %</caption><thead></thead><tbody></tbody></table>
      <p data-diversity></p></div></div>`,
    "mistakes and differences in numbers",
  )}
  ${spoken}`;

/** What another run needs: a checkbox for each snapshot, and the table of how much they differ. */
export function build_choice({ find }, run) {
  const numbers = since(run, 1);
  find(".which").innerHTML = `<span>or these snapshots:</span>${each_of(
    numbers,
    (k) =>
      `<label class="switch"><input type="checkbox" data-snapshot="${k}" ${OWN_KEYS}><span class="spoken">snapshot </span>${k}</label>`,
  )}`;
  find("[data-many]").max = run.cycles;
  const share = (j, k) => (j === k ? "–" : number((100 * run.differ[j - 1][k - 1]) / run.images, 2));
  const row = (j) =>
    `<tr><th scope="row">${j}</th>${each_of(numbers, (k) => `<td data-pair="${j} ${k}">${share(j, k)}</td>`)}</tr>`;
  find(".differ thead").innerHTML =
    `<tr><th scope="col">snapshot</th>${each_of(numbers, (k) => `<th scope="col">${k}</th>`)}</tr>`;
  find(".differ tbody").innerHTML = each_of(numbers, row);
}

function how_many(run, chosen) {
  if (!is_last(run, chosen)) return `${chosen.length}, your own choice`;
  if (chosen.length === 1) return "the last";
  return chosen.length === run.cycles ? `all ${run.cycles}` : `the last ${chosen.length}`;
}

/** The choice, its errors beside the others', and how much the chosen differ. */
export function show_choice({ find, all }, run, chosen) {
  const how = how_many(run, chosen);
  find("[data-many]").value = chosen.length;
  find("[data-many]").setAttribute("aria-valuetext", how);
  find("[data-last]").textContent = how;
  all("[data-snapshot]").forEach((box) => {
    box.checked = chosen.includes(Number(box.dataset.snapshot));
  });
  const wrong = mistakes(run, chosen);
  const first = run.own.indexOf(Math.min(...run.own));
  const rows = [
    ["choice", `your choice (${chosen.length})`, wrong],
    ["own", `the best alone: ${first + 1}`, run.own[first]],
    ["growing", `all ${run.cycles} together`, mistakes(run, since(run, 1))],
    ["single", "the single model", run.single],
  ];
  find(".errors tbody").innerHTML = each_of(
    rows,
    ([name, label, many]) => `<tr data-row="${name}"><th scope="row">${sample(name, MARKERS[name])}${label}</th>
      <td>${counted(run, many)}</td><td><b>${error_words(run, many)}</b></td></tr>`,
  );
  const { kind, sign, text } = verdict(run, wrong);
  find(".verdict").dataset.kind = kind;
  find("[data-sign]").textContent = sign;
  find("[data-verdict]").textContent = run.single === null ? text : `your choice: ${text}`;
  find("[data-diversity]").textContent = diversity(run, chosen);
  all("[data-pair]").forEach((cell) => {
    const [j, k] = cell.dataset.pair.split(" ").map(Number);
    cell.classList.toggle("in", j !== k && chosen.includes(j) && chosen.includes(k));
  });
}
