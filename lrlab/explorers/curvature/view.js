// The explorer of curvature beside 2/η: choose a learning rate among runs made beforehand, and see how its sharpness moves
// towards the limit. Python holds the runs, what each shows in words, and the one that is chosen (widget.py).

import { address_of, flag, one_of } from "../shared/address.js";
import { more, slider, stage, tick } from "../shared/controls.js";
import { each_of, put, say } from "../shared/dom.js";
import { levels_from } from "../shared/levels.js";
import { banded, finite, nearest, with_nan } from "../shared/numbers.js";
import { STEP, area, heights, line } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { step_scale, vertical } from "../shared/scales.js";
import { begin, spoken } from "../shared/view.js";

export const goals = {
  edge: "Choose the first run whose sharpness hovers at its limit, 2/η.",
  flattest: "Choose the run that ends where the loss is least steep.",
};

const page = (kind) => (id) =>
  `
  ${stage('<svg class="plot" role="img" aria-label="Sharpness and training loss over the updates: all runs faint, the chosen one strong, and its limit 2/η as a dashed line"></svg>')}
  <div class="main">${slider(`${id}-run`, kind === "run" ? kind : `${kind} <var>η</var>`, 'min="0" step="1" data-run', "data-label", `Each place is a ${kind} that was tried.`)}</div>
  <p class="outcome" data-words></p>${spoken}
  <p class="where">Sharpness: how strongly the loss curves in its steepest direction, the largest eigenvalue of its second
    derivatives. 2/&#8288;<var>η</var>: the sharpness beyond which steps of the learning rate <var>η</var> jump higher each time.</p>
  ${more(`${tick(`${id}-others`, "data-others", `the other ${kind}s, faint`, "Draws all the runs that are not chosen behind the one that is.")}`)}`;

const lines_of = banded(with_nan);
const KEYS = ["label", "others", "goal"];

/** @param {import("../shared/types").View} given */
function render(given) {
  const { model } = given;
  const steps = model.get("_steps");
  const kind = model.get("_kind");
  const runs = model.get("_runs").map((run) => ({
    ...run,
    limit: with_nan(run.limit),
    loss: lines_of(run.loss),
    sharpness: lines_of(run.sharpness),
  }));
  const view = begin(given, "curvature", page(kind));
  const { find, get, set } = view;
  const plot = chart(find(".plot"));
  const top = Math.max(...runs.flatMap((run) => finite(run.sharpness.high)), 1e-9);
  const losses = runs.flatMap((run) => finite(run.loss.mean)).filter((loss) => loss > 0);
  const slide = find("[data-run]");
  slide.max = runs.length - 1;
  const rates = runs.map((run) => Number(run.label));
  slide.place_of = (value) => (kind === "run" ? value - 1 : nearest(rates, value)); // a run's number, or its learning rate

  function panel(name, title, y, height, xs, at, more = "") {
    const others = get("others") ? runs.filter((_, i) => i !== at) : [];
    const { mean, low, high } = runs[at][name];
    const own = (values) => heights(y, values, height);
    const inside = [
      each_of(others, (run) => line("other faint", xs, own(run[name].mean))),
      `${area("own", xs, own(low), own(high))}${line("own", xs, own(mean), { name })}`,
    ];
    return { title, y, height, inside, over: more };
  }

  function draw() {
    const { label, goal } = view.read(KEYS);
    const at = runs.findIndex((run) => run.label === label);
    const run = runs[at];
    const { width, narrow } = plot.room();
    const height = narrow ? 170 : 200;
    const x = step_scale(steps.at(-1), width);
    const xs = steps.map(x);
    const y = vertical({ highest: 1.15 * top, height });
    const loss = vertical({ highest: Math.max(...losses), lowest: Math.min(...losses), log: true, height: 130 });
    const limit = heights(y, run.limit, height);
    const end = limit[limit.length - 1];
    const seen = end >= 0;
    const name = `<text class="name limit" x="${width - 4}" y="${Math.max(12, end - 7)}" text-anchor="end">${seen ? "2/η" : "2/η is above the picture"}</text>`;
    const curved = panel("sharpness", "sharpness", y, height, xs, at, name);
    curved.inside.push(line("limit", xs, limit, { name: "limit" }));
    plot.draw({ x, x_title: STEP, panels: [curved, panel("loss", "training loss", loss, 130, xs, at)] });

    slide.value = at;
    find("[data-others]").checked = get("others");
    const said = `${run.words[0].toUpperCase()}${run.words.slice(1)}`;
    put(slide, { "aria-valuetext": `${label}: ${said}` });
    say(find("[data-label]"), `${label} (${at + 1} of ${runs.length})`);
    say(find("[data-words]"), said);
    view.speak(`${kind[0].toUpperCase()}${kind.slice(1)} ${label}: ${said}`);
    const targets = get("_targets");
    view.goal(
      ...levels_from(goals, goal, targets, (name) => ({ met: label === targets[name], text: goals[name], now: "" })),
    );
  }

  view.on("[data-run]", "input", (input) => set({ label: runs[input.valueAsNumber].label }));
  view.on("[data-others]", "change", (box) => set({ others: box.checked }));
  return view.run(KEYS, draw);
}

const address = address_of({ label: one_of((get_key) => get_key("_runs").map((run) => run.label)), others: flag });

export default { render, address };
