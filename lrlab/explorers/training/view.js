// The explorer of training runs made beforehand: scrub along the steps, and see rate, loss and accuracy of all together.
// Python holds the runs, the step and what is shown (widget.py).

import { fill, goal_line, keep_drawn, number, put, range, say, show_goal } from "../shared/old_controls.js";
import { escaped, nearest, percent } from "../shared/axes.js";
import { epoch_at, looks, plot, unpack } from "./plot.js";

// A goal: what to do, and from what reaches it whether it is met and how far one is.
const inside = ({ from, until }, step) => step >= from && (until === null || step < until);
export const goals = {
  reach: {
    text: ({ level }) =>
      `Find the step at which the first of the runs has reached a validation accuracy of ${number(100 * level)} %.`,
    met: (target, { step }) => inside(target, step),
    now: () => "",
  },
  lead: {
    text: () =>
      "Find the step from which the run that ends with the lowest validation loss has the lowest, to the end.",
    met: (target, { step }) => inside(target, step),
    now: () => "",
  },
  winner: {
    text: () => "Leave only the run with the highest validation accuracy at the end switched on.",
    met: ({ labels }, { show }) => show.length === 1 && labels.includes(show[0]),
    now: (_, { show }) => (show.length === 1 ? "One is on." : `${show.length} are on.`),
  },
};

const COLUMNS = {
  lr: { title: "rate", words: (value) => number(value) },
  loss: { title: "training loss", best: Math.min, words: (value) => number(value) },
  val_loss: { title: "validation loss", best: Math.min, words: (value) => number(value) },
  accuracy: {
    title: "validation accuracy",
    best: Math.max,
    words: (value) => percent(value),
    low: (value) => (100 * value).toFixed(1),
  },
};
const NAMES = Object.keys(COLUMNS);

/** What `run` has at the place `at` of `steps`: mean, low and high of each column; NaN where there is nothing. */
export function values_at(run, steps, at) {
  const step = steps[at];
  const epoch = step > run.last ? -1 : epoch_at(run, step);
  const pick = ({ mean, low, high }, i) => ({ mean: mean[i] ?? NaN, low: low?.[i] ?? NaN, high: high?.[i] ?? NaN });
  return {
    lr: pick(run.lr, at),
    loss: pick(run.loss, at),
    val_loss: pick(run.val_loss, epoch),
    accuracy: pick(run.accuracy, epoch),
  };
}

function note({ diverged: [gone, seeds, step], last }, longest) {
  if (gone && seeds === 1) return `diverged at step ${step}`;
  if (gone) return `${gone} of ${seeds} seeds diverged`;
  return last < longest ? `ends at step ${last}` : "";
}

// The roles are said, as a narrow page lays the rows out in another way, which would take them away.
const row = (run, longest) => {
  const words = note(run, longest);
  return `<tr role="row" data-run="${run.place}"><th role="rowheader"><label class="switch"><input type="checkbox" data-show="${run.place}">
    <svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true"><path class="run ${looks(run.place)}" d="M-19 0H19"/></svg>
    <span>${escaped(run.label)}${words && ` <em>${words}</em>`}</span></label></th>
    ${NAMES.map((name) => `<td role="cell" data-cell="${name}"></td>`).join("")}</tr>`;
};

const page = (id, runs, longest) => `
  ${goal_line}
  <svg class="plot" role="img" aria-label="Learning rate, training loss and validation accuracy over the steps, one line for each run"></svg>
  <div class="slider"><label for="${id}-at">step <var>n</var></label><output for="${id}-at" data-at></output>
    ${range(`${id}-at`, 'min="0" step="1" data-reader')}</div>
  <span class="spoken" aria-live="polite"></span>
  <table role="table" aria-label="the runs at this step">
    <thead role="rowgroup"><tr role="row"><th role="columnheader">run</th>
      ${NAMES.map((name) => `<th role="columnheader">${COLUMNS[name].title}</th>`).join("")}</tr></thead>
    <tbody role="rowgroup">${runs.map((run) => row(run, longest)).join("")}</tbody></table>
  <div class="feet"><label class="switch"><input type="checkbox" data-log>logarithmic rates and losses</label>
    <span class="legend"></span></div>`;

const KEYS = ["step", "show", "log_y", "goal"];
let views = 0;

function render({ model, el }) {
  const runs = unpack(model.get("_runs"));
  const steps = model.get("_steps");
  const targets = model.get("_targets");
  const last = steps.at(-1);
  const window_of = model.get("_window").updates;
  const several = runs.some((run) => run.seeds > 1);
  el.classList.add("lrlab-explorer", "lrlab-training");
  el.innerHTML = page(`lrlab-training-${views++}`, runs, last);
  const find = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const svg = find(".plot");
  const reader = find("[data-reader]");
  const spoken = find(".spoken");
  const cells = runs.map(({ place }) =>
    Object.fromEntries(NAMES.map((name) => [name, find(`[data-run="${place}"] [data-cell=${name}]`)])),
  );
  let step_at;
  let timer;

  const set = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const read = (at) => {
    if (steps[at] !== model.get("step")) set("step", steps[at]);
  };

  function draw() {
    const state = Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
    const { step, show, goal } = state;
    const at = nearest(steps, step);
    const shown = runs.filter((run) => show.includes(run.label));
    step_at = plot(svg, { runs, shown, steps, at, log: state.log_y });

    const values = runs.map((run) => values_at(run, steps, at));
    NAMES.forEach((name) => {
      const { best, words, low: low_words = words } = COLUMNS[name];
      const there = shown.map((run) => values[run.place][name].mean).filter(Number.isFinite);
      const leader = best && there.some((value) => value !== there[0]) ? best(...there) : null;
      runs.forEach((run) => {
        const { mean, low, high } = values[run.place][name];
        const cell = cells[run.place][name];
        const range_of = several
          ? `<small>${Number.isFinite(low) && low !== high ? `${low_words(low)} to ${words(high)}` : ""}</small>`
          : "";
        fill(cell, `${words(mean)}${range_of}`);
        cell.classList.toggle("best", mean === leader && shown.includes(run));
      });
    });
    all("[data-show]").forEach((box) => {
      box.checked = show.includes(runs[box.dataset.show].label);
      box.closest("tr").classList.toggle("off", !box.checked);
    });
    find("[data-log]").checked = state.log_y;
    reader.value = at;
    say(find("[data-at]"), `${step} of ${last}`);
    put(reader, { "aria-valuetext": `step ${step} of ${last}` });
    clearTimeout(timer); // spoken once the hand rests: a sentence for every pixel of a drag helps nobody
    timer = setTimeout(() => {
      const said = shown.map(
        (run) =>
          `${run.label}: ${NAMES.map((name) => `${COLUMNS[name].title} ${COLUMNS[name].words(values[run.place][name].mean)}`).join(", ")}`,
      );
      spoken.textContent = `At step ${step}. ${said.join(". ")}`;
    }, 500);

    const rule = goals[goal];
    const target = targets[goal];
    const met = Boolean(rule?.met(target, state));
    show_goal(find(".goal"), goal && { met, text: rule.text(target), now: rule.now(target, state) });
    if (model.get("goal_met") !== met) set("goal_met", met);
  }

  reader.max = steps.length - 1;
  find(".legend").textContent =
    `${window_of > 1 ? `training loss: mean of ${window_of} updates` : "training loss: single updates"}${
      several ? "; mean of the seeds, band from the lowest to the highest" : ""
    }; bold: the best at this step`;
  all("[data-show]").forEach((box) =>
    box.addEventListener("change", () => {
      const on = new Set(model.get("show"));
      const { label } = runs[box.dataset.show];
      box.checked ? on.add(label) : on.delete(label);
      set(
        "show",
        runs.map((run) => run.label).filter((one) => on.has(one)),
      );
    }),
  );
  find("[data-log]").addEventListener("change", (event) => set("log_y", event.target.checked));
  const end = keep_drawn({ model, keys: KEYS, el, svg, reader, step_at: (x) => step_at(x), read, draw });
  return () => {
    end();
    clearTimeout(timer);
  };
}

export default { render };
