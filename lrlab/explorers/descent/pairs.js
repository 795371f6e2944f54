// Which pairs of learning rate and momentum converge: a map, from which one can be chosen.

import { each_of, say } from "../shared/dom.js";
import { clamp, number } from "../shared/numbers.js";
import { line, px } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { linear, rate_scale } from "../shared/scales.js";
import { beginning, take } from "./controls.js";
import { limit_with } from "./text.js";

const COLUMNS = 42;
const ROWS = 18;
const MOST = 100; // steps of each of the descents
const HEIGHT = 150;
const TOP = 0.99; // momentum

/** The step from which a descent's loss is below a thousandth of the first; NaN for never, Infinity if it diverges. */
function arrival({ loss, diverged }, lowest) {
  if (diverged || !(loss.at(-1) - lowest <= loss[0] - lowest)) return Infinity;
  const n = loss.findLastIndex((value) => value - lowest >= 1e-3 * (loss[0] - lowest)) + 1;
  return n < loss.length ? n : NaN;
}

/** Each pair's cell: in the green the darker the quicker, in the red where it diverges, none where it has not arrived. */
function cells(state, place, lowest, ends, x, y) {
  const [low, high] = ends;
  const steps = Math.min(MOST, state.steps);
  const about = { ...state, steps, noise: 0 };
  const wide = (x(high) - x(low)) / COLUMNS;
  const tall = HEIGHT / ROWS;
  return each_of({ length: COLUMNS * ROWS }, (_, k) => {
    const [i, j] = [k % COLUMNS, Math.floor(k / COLUMNS)];
    const momentum = (TOP * (j + 0.5)) / ROWS;
    const lr = x.back(x(low) + (i + 0.5) * wide);
    const n = arrival(take(state.schedule, { ...about, lr, momentum }, place, []), lowest);
    if (Number.isNaN(n)) return "";
    const looks =
      n === Infinity ? 'class="gone"' : `class="there" fill-opacity="${(0.9 - (0.7 * n) / steps).toFixed(2)}"`;
    return `<rect ${looks} x="${px(x(low) + i * wide)}" y="${px(y(momentum) - tall / 2)}" width="${px(wide + 0.3)}" height="${px(tall + 0.3)}"/>`;
  });
}

/** The map of a view, in its fold; what it returns shows a state, if the fold is open. */
export function pairs_of(view) {
  const { find, get, set } = view;
  const plot = chart(find(".pairs .plot"));
  plot.follow(({ x: rate, y: momentum }) => {
    const [low, high] = get("_limits").lr;
    set({
      lr: Number(clamp(rate, low, high).toPrecision(3)),
      momentum: Number(clamp(momentum, 0, TOP).toFixed(2)),
    });
  });
  return (state, place, f) => {
    if (!find(".pairs").open) return;
    const { width } = plot.room({ right: 20 });
    const limits = place.limits.map(([, limit]) => limit);
    const ends = [Math.min(...limits) / 60, Math.max(...limits) * 3];
    const x = rate_scale(ends[0], ends[1], width);
    const y = linear([0, 1], [HEIGHT, 0], [0, 0.5, 0.9]);
    const { lr: _, momentum: __, noise: ___, goal: ____, compare: _____, ...rest } = state;
    const key = JSON.stringify([width, rest, place.arguments]);
    const along = Array.from({ length: 50 }, (____, i) => (TOP * i) / 49);
    const border = (limit) =>
      line(
        "level",
        along.map((momentum) => x(limit_with(limit, { ...state, momentum }))),
        along.map(y),
      );
    const spot = [clamp(x(state.lr), 0, width), y(state.momentum)];
    plot.draw({
      x,
      x_title: "learning rate (log scale)",
      panels: [
        {
          title: "momentum",
          height: HEIGHT,
          y,
          inside: [[key, () => cells(state, place, f.height(place.minima[0]), ends, x, y) + each_of(limits, border)]],
          over: `<circle class="ring" r="7" cx="${px(spot[0])}" cy="${px(spot[1])}"/>`,
        },
      ],
    });
    const start = beginning(state, place).map((part) => number(part));
    say(
      find("[data-pairs]"),
      `From ${start.join(", ")}, in ${Math.min(MOST, state.steps)} steps: the darker the green, the sooner the loss is a thousandth of the first; red diverges, white has not arrived. The dashed lines are the stability limits. Press a pair to take it.`,
    );
  };
}
