// The explorer of training runs made beforehand: scrub along the steps, and see rate, loss and accuracy of all together.
// Python holds the runs, the step and what is shown (widget.py).

import { address_of, flag, one_of, some_of } from "../shared/address.js";
import { OWN_KEYS, log_tick, more, reader, stage } from "../shared/controls.js";
import { each_of, escaped, fill, say, width_of } from "../shared/dom.js";
import { levels_from } from "../shared/levels.js";
import { finite, nearest, number, percent } from "../shared/numbers.js";
import { player } from "../shared/play.js";
import { look, sample } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { begin, show_reader, spoken } from "../shared/view.js";
import { draw_runs, epoch_at, layout, unpack } from "./plot.js";

// A goal, and after it the next ones as its levels: what to do, and from what reaches it whether it is met and how far one is.
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
    ${sample(look(run.look))}<span>${escaped(run.label)}${words && ` <em>${words}</em>`}</span></label></th>
    ${each_of(NAMES, (name) => `<td role="cell" data-cell="${name}"></td>`)}</tr>`;
};

const page = (runs, longest) => (id) =>
  `
  ${stage('<svg class="plot" role="img" aria-label="Learning rate, training loss and validation accuracy over the steps, one line for each run"></svg>')}
  <div class="main scrub"><button type="button" data-play ${OWN_KEYS}>play</button>${reader(id)}</div>${spoken}
  <table role="table" aria-label="the runs at this step">
    <thead role="rowgroup"><tr role="row"><th role="columnheader">run</th>
      ${each_of(NAMES, (name) => `<th role="columnheader">${COLUMNS[name].title}</th>`)}</tr></thead>
    <tbody role="rowgroup">${each_of(runs, (run) => row(run, longest))}</tbody></table>
  <p class="legend"></p>
  ${more(`${log_tick(id, "logarithmic rates and losses")}`)}`;

const legend = (updates, several) =>
  `training loss: ${updates > 1 ? `mean of ${updates} updates` : "single updates"}${
    several ? "; mean of the seeds, band from the lowest to the highest" : ""
  }; bold: the best at this step`;

/** The table's cells: each run's values, the best of those shown in bold. */
function show_cells(cells, runs, shown, values) {
  NAMES.forEach((name) => {
    const { best, words, low: low_words = words } = COLUMNS[name];
    const there = finite(shown.map((run) => values[run.place][name].mean));
    const leader = best && there.some((value) => value !== there[0]) ? best(...there) : null;
    runs.forEach((run) => {
      const { mean, low, high } = values[run.place][name];
      const cell = cells[run.place][name];
      const ends = Number.isFinite(low) && low !== high ? `${low_words(low)} to ${words(high)}` : "";
      fill(cell, `${words(mean)}${runs.some((one) => one.seeds > 1) ? `<small>${ends}</small>` : ""}`);
      cell.classList.toggle("best", mean === leader && shown.includes(run));
    });
  });
}

const KEYS = ["step", "show", "log_y", "goal"];

/** @param {import("../shared/types").View} given */
function render(given) {
  const runs = unpack(given.model.get("_runs"));
  const steps = given.model.get("_steps");
  const last = steps.at(-1);
  const view = begin(given, "training", page(runs, last));
  const { find, all, get, set } = view;
  const plot = chart(find(".plot"));
  const cells = runs.map(({ place }) =>
    Object.fromEntries(NAMES.map((name) => [name, find(`[data-run="${place}"] [data-cell=${name}]`)])),
  );
  let key;
  let places;

  function draw() {
    const state = view.read(KEYS);
    const { step, show, goal, log_y: log } = state;
    const at = nearest(steps, step);
    const shown = runs.filter((run) => show.includes(run.label));
    const key_now = [width_of(find(".plot")), log, shown.map((run) => run.place)].join();
    if (key !== key_now) places = layout(plot, { runs, shown, steps, log, tall: view.tall() }); // thousands of losses: not at each pixel of a drag
    key = key_now;
    draw_runs(plot, places, { key, shown, steps, at });

    const values = runs.map((run) => values_at(run, steps, at));
    show_cells(cells, runs, shown, values);
    all("[data-show]").forEach((box) => {
      box.checked = show.includes(runs[box.dataset.show].label);
      box.closest("tr").classList.toggle("off", !box.checked);
    });
    find("[data-log]").checked = log;
    say(find("[data-play]"), playing.words());
    show_reader(view, at, steps.length - 1, `${step} of ${last}`);
    const said = shown.map(
      (run) =>
        `${run.label}: ${NAMES.map((name) => `${COLUMNS[name].title} ${COLUMNS[name].words(values[run.place][name].mean)}`).join(", ")}`,
    );
    view.speak(`At step ${step}. ${said.join(". ")}`);
    const targets = get("_targets");
    const level = (name) => {
      const { met, text, now } = goals[name];
      const target = targets[name];
      return { met: met(target, state), text: text(target), now: now(target, state) };
    };
    view.goal(...levels_from(goals, goal, targets, level));
  }

  find("[data-reader]").place_of = (step) => nearest(steps, step);
  const read = (at) => set({ step: steps[at] });
  find(".legend").textContent = legend(
    get("_window").updates,
    runs.some((run) => run.seeds > 1),
  );
  view.on("[data-show]", "change", () =>
    set({ show: runs.map((run) => run.label).filter((_, place) => find(`[data-show="${place}"]`).checked) }),
  );
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  const playing = player({
    at: () => nearest(steps, get("step")),
    last: () => steps.length - 1,
    show: (at) => (steps[at] === get("step") ? draw() : read(at)),
  });
  const read_here = (at) => {
    playing.stop();
    read(at);
  };
  view.on("[data-play]", "click", playing.press);
  view.on("[data-reader]", "input", (input) => read_here(input.valueAsNumber));
  plot.follow((place) => playing.words() !== "pause" && read(nearest(steps, place.x)), { hover: true });
  const end = view.run(KEYS, draw);
  return () => {
    playing.stop();
    end();
  };
}

const address = address_of({
  step: one_of((get_key) => get_key("_steps")),
  show: some_of((get_key) => get_key("_runs").map((run) => run.label)),
  log_y: flag,
});

export default { render, address };
