// The explorer of cool-downs: drag the moment at which one run at a constant rate is cooled down, and see where it ends.
// Python holds the runs, made beforehand, and the moment that is chosen (widget.py).

import { address_of, flag, one_of } from "../shared/address.js";
import { more, slider, stage, tick } from "../shared/controls.js";
import { put, say } from "../shared/dom.js";
import { curves } from "../shared/formulas.js";
import { levels_from } from "../shared/levels.js";
import { banded, finite, nearest, with_nan } from "../shared/numbers.js";
import { STEP, area, cursor, dot, heights, line, px, ring, sample, spots } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { around, step_scale, vertical } from "../shared/scales.js";
import { begin, spoken } from "../shared/view.js";

export const goals = {
  plateau:
    "Begin the cool-down as early as you can, and still end with a lower loss than the plateau has at the very end.",
  most: "Choose the cool-down that lowers the loss of its plateau the most.",
};

const NAMES = { plateau: "plateau", cooled: "cooled down", cosine: "a cosine for this budget alone" };

const page = (id) => `
  ${stage('<svg class="plot" role="img" aria-label="Learning rate and validation loss over the updates: the plateau, the chosen cool-down, and where all cool-downs end"></svg>')}
  <div class="main">${slider(`${id}-start`, "the cool-down begins at update", 'min="0" step="1" data-start', "data-at", "One of the moments that were tried, in updates.")}</div>
  <p class="outcome" data-words></p>${spoken}
  <p class="legend">${Object.entries(NAMES)
    .map(([name, words]) => `<span>${sample(name)} ${words}</span>`)
    .join("")}</p>
  ${more(`${tick(`${id}-cosines`, "data-cosines", "the cosines", "Shows as well where runs end whose cosine was made for one budget alone.")}`)}`;

const lines_of = banded(with_nan);
const KEYS = ["start", "cosines", "goal"];

/** @param {import("../shared/types").View} given */
function render(given) {
  const { model } = given;
  const branches = model.get("_branches");
  const lines = Object.fromEntries(Object.entries(model.get("_lines")).map(([name, one]) => [name, lines_of(one)]));
  const starts = branches.map(({ start }) => start);
  const budgets = branches.map(({ budget }) => budget);
  const last = budgets.at(-1);
  const top = model.get("_cosine_lr");
  const view = begin(given, "cooldown", page);
  const { find, get, set } = view;
  const plot = chart(find(".plot"));
  const slide = find("[data-start]");
  slide.max = branches.length - 1;
  slide.place_of = (update) => nearest(starts, update);
  const choose = (at) => set({ start: starts[at] });

  function draw() {
    const { start, cosines, goal } = view.read(KEYS);
    const at = nearest(starts, start);
    const { budget, rates, words } = branches[at];
    const with_cosine = cosines && Number.isFinite(lines.cosine.mean[at]); // some budgets have none
    const { width, narrow } = plot.room();
    const height = narrow ? 190 : 220;
    const x = step_scale(last, width);
    const every = Object.values(lines).flatMap(({ low, high }) => [...finite(low), ...finite(high)]);
    const y = every.length ? around(Math.min(...every), Math.max(...every), height) : around(0, 1, height);
    const rate = vertical({ highest: Math.max(top, ...rates), height: 100 });
    const xs = budgets.map(x);
    const own = (values) => heights(y, values, height);
    const kind = (name) => {
      // Where only some budgets have one, the line joins those.
      const { mean, low, high } = lines[name];
      const there = budgets.map((_, i) => i).filter((i) => Number.isFinite(mean[i]));
      const pick = (values) => there.map((i) => values[i]);
      const [along, ys] = [pick(xs), own(pick(mean))];
      return `${area(name, along, own(pick(low)), own(pick(high)))}${line(name, along, ys, { name })}${spots(name, along, ys)}`;
    };
    const shown = cosines ? ["plateau", "cosine", "cooled"] : ["plateau", "cooled"];
    const [from, to] = [y(lines.plateau.mean[at]), y(lines.cooled.mean[at])];
    const wave = curves.Cosine({ lr: top, T_max: budget, eta_min: 0 }, budget + 1);
    const fall = Number.isFinite(from + to) ? `<path class="fall" d="M${px(x(budget))} ${px(from)}V${px(to)}"/>` : "";
    const updates = rates.map((_, n) => x(n));
    const here = cursor(x(start), height) + cursor(x(budget), height);
    plot.draw({
      x,
      x_title: STEP,
      panels: [
        {
          title: "learning rate",
          y: rate,
          height: 100,
          inside: [
            line("plateau faint", [x(0), x(last)], heights(rate, [Math.max(...rates), Math.max(...rates)], 100)),
            with_cosine ? line("cosine", updates, heights(rate, wave, 100), { name: "wave" }) : "",
            line("cooled", updates, heights(rate, rates, 100), { name: "rate" }),
          ],
          over: cursor(x(start), 100) + cursor(x(budget), 100),
        },
        {
          title: "validation loss after so many updates",
          y,
          height,
          inside: shown.map(kind),
          over: `${here}${fall}${dot("cooled", x(budget), to, height)}${ring(x(budget), to, false)}`,
        },
      ],
    });
    slide.value = at;
    find("[data-cosines]").checked = cosines;
    put(slide, { "aria-valuetext": `update ${start}: ${words}` });
    say(find("[data-at]"), `${start}, and ends at ${budget}`);
    say(find("[data-words]"), words);
    view.speak(words);
    const targets = get("_targets");
    view.goal(
      ...levels_from(goals, goal, targets, (name) => ({ met: start === targets[name], text: goals[name], now: "" })),
    );
  }

  view.on("[data-start]", "input", (input) => choose(input.valueAsNumber));
  view.on("[data-cosines]", "change", (box) => set({ cosines: box.checked }));
  plot.follow((place) => choose(nearest(starts, place.x)));
  return view.run(KEYS, draw);
}

const address = address_of({
  start: one_of((get_key) => get_key("_branches").map((branch) => branch.start)),
  cosines: flag,
});

export default { render, address };
