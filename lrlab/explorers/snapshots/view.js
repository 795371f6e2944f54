// The explorer of snapshot ensembles. What was trained is done; the page moves over it: which snapshots are in the ensemble,
// what they get wrong together, and the digits that divide them. Python holds the state and the results (widget.py).

import { OWN_KEYS, goal_line, number, range, show_goal } from "../shared/old_controls.js";
import { answers, counted, diversity, goals, is_last, mistakes, named, open, percent, since, verdict } from "./text.js";
import { MARKS, bars, paint, plot } from "./plot.js";

const KEYS = ["chosen", "digit", "goal", "_run"];
const LEGEND = {
  own: "a snapshot alone",
  growing: "it and all later ones together",
  choice: "your choice together",
  single: "the single model",
};
const sample = (
  name,
) => `<svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true"><path class="line ${name}" d="M-19 0H19"></path>
  <path class="mark ${name}" d="${MARKS[name]}"></path></svg>`;
const judged = (right) =>
  right
    ? '<span class="right"><b aria-hidden="true">✓</b> right</span>'
    : '<span class="wrong"><b aria-hidden="true">✗</b> wrong</span>';
let views = 0;

const page = (id) => `
  ${goal_line}
  <div class="legend">${Object.entries(LEGEND)
    .map(([name, words]) => `<span>${sample(name)}${words}</span>`)
    .join("")}</div>
  <svg class="plot" role="img" aria-label="The learning rate in cycles, a snapshot at the end of each; below, the errors"></svg>
  <div class="choose">
    <div class="slider"><label for="${id}-last">how many, from the last one back</label><output for="${id}-last" data-last></output>
      ${range(`${id}-last`, 'min="1" step="1" data-many')}</div>
    <div class="which" role="group" aria-label="which snapshots are in the ensemble"></div>
  </div>
  <div class="results">
    <div><table class="errors"><caption>mistakes on the validation images</caption>
      <thead><tr><th scope="col">model</th><th scope="col">mistakes</th><th scope="col">error</th></tr></thead><tbody></tbody></table>
      <p class="verdict"><b data-sign aria-hidden="true"></b> <span data-verdict></span></p></div>
    <div><table class="differ"><caption>on how many images two snapshots differ, %</caption><thead></thead><tbody></tbody></table>
      <p data-diversity></p></div>
  </div>
  <p class="count"></p>
  <div class="digits"><div class="tiles" role="radiogroup" aria-label="digits on which the snapshots disagree"></div>
    <div class="digit"><canvas role="img"></canvas><div class="says" tabindex="0" ${OWN_KEYS} role="group" aria-label="what each snapshot says of the digit"><table><caption></caption>
      <thead><tr><th scope="col">model</th><th scope="col">says</th><th scope="col">sure of it</th><th scope="col" class="wider" data-of></th>
        <th scope="col" class="wide" data-classes></th></tr></thead><tbody></tbody></table></div></div></div>
  <span class="spoken" aria-live="polite"></span>`;

function render({ model, el }) {
  const id = `lrlab-snapshots-${views++}`;
  el.classList.add("lrlab-explorer", "lrlab-snapshots");
  el.innerHTML = page(id);
  const find = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const svg = find(".plot");
  const slider = find("[data-many]");
  const spoken = find(".spoken");
  let run;
  let sent;
  let drawn;
  let said = [];
  let nearest = (_clientX) => 1;
  let timer;
  let said_last;
  let due = false;
  let alive = true;

  const choose = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const since_the = (from) => {
    const next = since(run, from);
    if (String(next) !== String(model.get("chosen"))) choose("chosen", next);
  };

  function build() {
    sent = model.get("_run");
    run = open(sent);
    drawn = undefined;
    const numbers = since(run, 1);
    find(".which").innerHTML = `<span>or these:</span>${numbers
      .map(
        (k) => `<label class="switch"><input type="checkbox" data-snapshot="${k}" ${OWN_KEYS}>
      snapshot ${k}</label>`,
      )
      .join("")}`;
    find(".differ thead").innerHTML =
      `<tr><th scope="col">snapshot</th>${numbers.map((k) => `<th scope="col">${k}</th>`).join("")}</tr>`;
    find(".differ tbody").innerHTML = numbers
      .map(
        (j) =>
          `<tr><th scope="row">${j}</th>${numbers
            .map(
              (k) =>
                `<td data-pair="${j} ${k}">${j === k ? "–" : number((100 * run.differ[j - 1][k - 1]) / run.images, 2)}</td>`,
            )
            .join("")}</tr>`,
      )
      .join("");
    find(".tiles").innerHTML = run.index
      .map(
        (index, place) => `<label class="tile"><input type="radio" name="${id}-digit" value="${index}" ${OWN_KEYS}>
      <canvas aria-hidden="true"></canvas><span aria-hidden="true">${run.label[place]}: <span data-tile></span></span></label>`,
      )
      .join("");
    all(".tile canvas").forEach((canvas, place) => paint(canvas, run, place));
    all("[data-snapshot]").forEach((box) =>
      box.addEventListener("change", () => {
        const k = Number(box.dataset.snapshot);
        const chosen = model.get("chosen");
        const next = box.checked ? [...chosen, k].sort((a, b) => a - b) : chosen.filter((one) => one !== k);
        if (next.length) choose("chosen", next);
        else box.checked = true; // an ensemble of none answers nothing: the last one stays
      }),
    );
    all(".tile input").forEach((input) => input.addEventListener("change", () => choose("digit", Number(input.value))));
    find("[data-classes]").innerHTML =
      `<span class="spoken">probability of each digit</span><span class="scale" aria-hidden="true">${Array.from(
        { length: run.classes },
        (_, c) => `<i>${c}</i>`,
      ).join("")}</span>`;
    find(".digits").hidden = !run.index.length;
    const shown =
      run.index.length < run.disputed ? `; here are ${run.index.length} of them, the most disputed first` : "";
    find(".count").textContent = run.disputed ? "" : "The snapshots agree on every validation image.";
    find(".count").dataset.words = `The snapshots disagree on ${counted(run, run.disputed)} validation images${shown}.`;
    Object.assign(slider, { max: run.cycles });
  }

  function draw() {
    due = false;
    if (!alive) return;
    if (sent !== model.get("_run")) build();
    const chosen = model.get("chosen");
    const place = Math.max(0, run.index.indexOf(model.get("digit")));
    // From digit to digit all the rest stays as it is, and what is not drawn again costs nothing.
    const state = JSON.stringify([chosen, svg.clientWidth]);
    if (drawn !== state) {
      drawn = state;
      ensemble(chosen);
    }
    const here = said[place];
    all(".tile input").forEach((input, i) => {
      input.checked = i === place;
    });
    if (here) detail(place, here, chosen);

    const wrong = mistakes(run, chosen);
    const words = named(chosen);
    clearTimeout(timer); // spoken once the hand rests: a sentence for every pixel of a drag helps nobody
    const digit = here
      ? ` On this ${run.label[place]} they say ${here.together.answer}, ${here.together.right ? "right" : "wrong"}.`
      : "";
    const sentence = `${words[0].toUpperCase()}${words.slice(1)}: ${percent(run, wrong)} wrong; ${verdict(run, wrong).text}.${chosen.length > 1 ? digit : ""}`;
    if (said_last !== undefined && sentence !== said_last)
      timer = setTimeout(() => {
        spoken.textContent = sentence;
      }, 500);
    said_last = sentence;

    const name = model.get("goal");
    const goal = name && { text: goals[name].text, ...goals[name].ask(run, chosen, here) };
    show_goal(find(".goal"), goal);
    if (model.get("goal_met") !== Boolean(goal?.met)) choose("goal_met", Boolean(goal?.met));
  }

  /** All that depends on which snapshots are in the ensemble. */
  function ensemble(chosen) {
    const wrong = mistakes(run, chosen);
    nearest = plot(svg, run, chosen);

    slider.value = chosen.length;
    const how = is_last(run, chosen)
      ? chosen.length === 1
        ? "the last"
        : chosen.length === run.cycles
          ? `all ${run.cycles}`
          : `the last ${chosen.length}`
      : `${chosen.length}, your own choice`;
    slider.setAttribute("aria-valuetext", how);
    find("[data-last]").textContent = how;
    all("[data-snapshot]").forEach((box) => {
      box.checked = chosen.includes(Number(box.dataset.snapshot));
    });

    const everyone = since(run, 1);
    const first = run.own.indexOf(Math.min(...run.own));
    const rows = [
      ["choice", `your choice (${chosen.length})`, wrong],
      ["own", `the best alone: ${first + 1}`, run.own[first]],
      ["growing", `all ${run.cycles} together`, mistakes(run, everyone)],
      ["single", "the single model", run.single],
    ];
    find(".errors tbody").innerHTML = rows
      .map(
        ([name, label, many]) => `<tr data-row="${name}"><th scope="row">${sample(name)}${label}</th>
      <td>${counted(run, many)}</td><td><b>${percent(run, many)}</b></td></tr>`,
      )
      .join("");
    const beside = verdict(run, wrong);
    find(".verdict").dataset.kind = beside.kind;
    find("[data-sign]").textContent = beside.sign;
    find("[data-verdict]").textContent = run.single === null ? beside.text : `your choice: ${beside.text}`;
    find("[data-diversity]").textContent = diversity(run, chosen);
    all("[data-pair]").forEach((cell) => {
      const [j, k] = cell.dataset.pair.split(" ").map(Number);
      cell.classList.toggle("in", j !== k && chosen.includes(j) && chosen.includes(k));
    });

    said = run.index.map((_, i) => answers(run, i, chosen));
    all(".tile").forEach((tile, i) => {
      const { together } = said[i];
      tile
        .querySelector("input")
        .setAttribute(
          "aria-label",
          `validation image ${run.index[i]}, a ${run.label[i]}: together ${together.answer}, ${together.right ? "right" : "wrong"}`,
        );
      tile.querySelector("[data-tile]").innerHTML = judged(together.right);
    });
    const right = said.filter(({ together }) => together.right).length;
    const count = find(".count");
    if (said.length)
      count.textContent = `${count.dataset.words} Your choice gets ${right} of these ${said.length} right. Below each: what it is, and whether your choice is right.`;
  }

  function detail(place, here, chosen) {
    const label = run.label[place];
    const canvas = find(".digit canvas");
    paint(canvas, run, place);
    canvas.setAttribute("aria-label", `validation image ${run.index[place]}: a ${label}`);
    find(".says caption").textContent = `validation image ${run.index[place]}: it is a ${label}`;
    find("[data-of]").textContent = `gives the ${label}`;
    const row = (name, { given, answer, right: good }, more) => `<tr ${more}><th scope="row">${name}</th>
      <td class="answer"><b>${answer}</b> ${judged(good)}</td><td>${given[answer].toFixed(2)}</td><td class="wider">${given[label].toFixed(2)}</td><td class="wide">${bars(given, label)}</td></tr>`;
    const out = (k) => (chosen.includes(k) ? "" : '<span class="note"> · left out</span>');
    find(".says tbody").innerHTML =
      here.each.map((one, k) => row(`snapshot ${k + 1}${out(k + 1)}`, one, `data-who="${k + 1}"`)).join("") +
      row("together", here.together, 'data-who="together"');
  }

  slider.addEventListener("input", () => since_the(run.cycles - slider.valueAsNumber + 1));
  let held = false;
  svg.addEventListener("pointerdown", (event) => {
    held = true;
    svg.setPointerCapture(event.pointerId);
    since_the(nearest(event.clientX));
  });
  svg.addEventListener("pointermove", (event) => {
    if (held) since_the(nearest(event.clientX));
  });
  ["pointerup", "pointercancel"].forEach((end) =>
    svg.addEventListener(end, () => {
      held = false;
    }),
  );

  const later = () => {
    if (!due) queueMicrotask(draw); // another seed moves several values at once: one picture
    due = true;
  };
  KEYS.forEach((key) => model.on(`change:${key}`, later));
  let wide = 0; // the height follows from what is drawn
  const resized = new ResizeObserver(() => {
    if (el.clientWidth === wide) return;
    wide = el.clientWidth;
    draw();
  });
  resized.observe(el);
  draw();
  return () => {
    alive = false;
    resized.disconnect();
    clearTimeout(timer);
    KEYS.forEach((key) => model.off(`change:${key}`, later));
  };
}

export default { render };
