// The pictures of the searches explorer: training curves of all rates, and the losses against the rate.

import { each_of } from "../shared/dom.js";
import { clamp, finite, nearest, unpacked, with_nan } from "../shared/numbers.js";
import { STEP, area, cursor, heights, line, mark, px } from "../shared/marks.js";
import { rate_scale, spread, step_scale, vertical } from "../shared/scales.js";

/** The rules of lrlab.suggest: a name short enough for the picture, and the marker that plots/_searches.py has too. */
export const RULES = {
  steepest: { short: "steepest", shape: "down" },
  valley: { short: "middle", shape: "circle" },
  minimum_over_10: { short: "min/10", shape: "square" },
};
const ROOM = { right: 26, least: 260 };
const NAMES = 18; // pixels above a panel, for the names of what is suggested

/** Results as drawn: arrays with NaN where there is no number. */
export function unpack(sweep, test) {
  return {
    sweep: sweep && {
      ...sweep,
      curves: sweep.curves.map((text) => unpacked(text)),
      loss: with_nan(sweep.loss),
      low: with_nan(sweep.low),
      high: with_nan(sweep.high),
    },
    test: test && { ...test, loss: unpacked(test.loss), smooth: unpacked(test.smooth) },
  };
}

/** An axis for losses up to `top`; what is higher ends any way it likes, and is out of the picture. */
function loss_scale(values, top, log, height) {
  const there = finite(values).filter((value) => value > 0);
  const highest = there.length ? Math.min(top, Math.max(...there)) : 1;
  const lowest = there.length ? Math.min(...there) : highest;
  return vertical({ highest: log ? highest : 1.02 * highest, lowest, log, height });
}
/** The highest loss in the picture: somewhat above the first, or twice the lowest. */
const top_of = (losses, margin) => margin * Math.max(losses[0] ?? 1, 2 * Math.min(...losses, Infinity) || 1);

const last_of = (curve) => curve.findLastIndex(Number.isFinite);

/** Where the training curves go; for `draw_curves`. */
export function curves_layout(plot, sweep, log, height) {
  const { width } = plot.room(ROOM);
  const starts = finite(sweep.curves.map((curve) => curve[0]));
  const every = sweep.curves.flatMap((curve) => [...curve]);
  const x = step_scale(Math.max(1, sweep.updates - 1), width);
  return { height, x, xs: sweep.steps.map(x), y: loss_scale(every, 1.1 * Math.max(...starts), log, height) };
}

/** The training curves, the one at place `at` strong. */
export function draw_curves(plot, { x, xs, y, height }, sweep, key, at) {
  const curve = (i, extra) => {
    const values = sweep.curves[i];
    const looks = `${sweep.diverged[i] ? "gone" : "kept"} ${extra}`;
    const end = sweep.diverged[i] ? last_of(values) : -1;
    const cross = end < 0 ? "" : mark(looks, "cross", xs[end], clamp(y(values[end]), 1, height));
    return line(looks, xs, heights(y, values, height), { more: `data-curve="${i}"` }) + cross;
  };
  const faint = () => each_of(sweep.curves, (_, i) => curve(i, "faint"));
  plot.draw({
    x,
    x_title: STEP,
    panels: [{ title: "training loss (running mean)", y, height, inside: [[key, faint], curve(at, "chosen")] }],
  });
}

/** Whose curve passes nearest to a pointer, as its place; `at` where there is none. */
export function nearest_curve({ xs, y, height }, sweep, at, place) {
  const step = nearest(xs, place.left);
  const gaps = sweep.curves.map((curve) =>
    Math.abs(clamp(y(curve[Math.min(step, last_of(curve))]), 0, height) - place.top),
  );
  return gaps.reduce((best, gap, i) => (gap < (gaps[best] ?? Infinity) ? i : best), at);
}

/** The suggestions: a mark on the line, and the names above, kept apart. */
function suggested(suggestions, x, width, height, height_at) {
  const answers = Object.entries(suggestions).filter(([, lr]) => lr !== null);
  const places = answers.map(([, lr]) => clamp(x(lr), 0, width));
  const names = spread(places, 56, width - 6); // half a name, and the margin
  return each_of(answers, ([rule, lr], i) => {
    // Rules that agree stand one above the other.
    const same = answers.slice(0, i).filter(([, other]) => other === lr).length;
    const spot = clamp(height_at(lr) - 11 * same, 0, height);
    return `<path class="hint ${rule}" d="M${px(names[i])} -5L${px(places[i])} 3V${px(spot)}"/>
      ${mark(rule, RULES[rule].shape, places[i], spot, height, `data-suggested="${rule}"`)}
      <text class="name ${rule}" x="${px(names[i])}" y="-8" text-anchor="middle">${RULES[rule].short}</text>`;
  });
}

/** The loss at `lr` on the line through the points, straight between two neighbours in log scale. */
function between(rates, losses, lr) {
  const after = rates.findIndex((rate) => rate >= lr);
  if (after <= 0) return losses[after === 0 ? 0 : rates.length - 1];
  const [low, high] = [rates[after - 1], rates[after]];
  const share = Math.log(lr / low) / Math.log(high / low);
  return losses[after - 1] + share * (losses[after] - losses[after - 1]);
}

const here = (x, y) => (Number.isFinite(y) ? `<circle class="here" r="8" cx="${px(x)}" cy="${px(y)}"/>` : "");

function sweep_panel({ sweep, x, width, height, log, key, lr, at }) {
  const { lrs, loss, low, high, diverged } = sweep;
  const y = loss_scale(loss, top_of(finite(loss), 1.2), log, height);
  const xs = lrs.map(x);
  const ys = heights(y, loss, height);
  const spots = lrs.map((_, i) => (Number.isFinite(loss[i]) ? Math.max(0, ys[i]) : diverged[i] ? 7 : NaN));
  const first = diverged.findIndex((count) => count > 0);
  const point = (place, i) => {
    if (diverged[i]) return mark("gone", "cross", place, spots[i], height, `data-diverged="${i}"`);
    if (ys[i] < 0) return `<path class="beyond kept" d="M${px(place)} 0l5 8h-10Z"/>`;
    return mark("dot kept", "circle", place, spots[i]);
  };
  const still = () => `${area("kept", xs, heights(y, low, height), heights(y, high, height))}
    ${line("kept", xs, ys, { name: "sweep" })}${each_of(xs, point)}
    ${first >= 0 ? `<text class="ended gone" x="${px(xs[first] - 9)}" y="7" dy=".35em" text-anchor="end">diverged</text>` : ""}`;
  return {
    title: "validation loss at the end",
    head: 30 + NAMES,
    above: NAMES,
    height,
    y,
    inside: [[key, still]],
    over: `${cursor(x(lr), height)}${here(xs[at], spots[at])}
      ${suggested(sweep.suggestions, x, width, height, (rate) => y(between(lrs, loss, rate)))}`,
  };
}

function test_panel({ test, x, width, height, log, key, lr, tested }) {
  const { smooth } = test;
  const end = test.stopped ? last_of(smooth) : -1;
  const y = loss_scale(smooth, top_of(finite(smooth), 1.25), log, height);
  const xs = test.lr.map(x);
  const spot = (i) => clamp(y(smooth[i]), 0, height);
  const still = () => `${line("kept thin", xs, heights(y, test.loss, height))}
    ${line("kept", xs, heights(y, smooth, height), { name: "range" })}
    ${end >= 0 ? mark("gone", "cross", xs[end], Math.max(2, spot(end))) : ""}`;
  return {
    title: "range test: training loss",
    head: 38 + NAMES,
    above: NAMES,
    height,
    y,
    inside: [[key, still]],
    over: `${cursor(x(lr), height)}${tested < 0 ? "" : here(xs[tested], spot(tested))}
      ${suggested(test.suggestions, x, width, height, (rate) => y(between(test.lr, smooth, rate)))}`,
  };
}

/** What the rates lead to, one panel for each result. */
export function draw_rates(plot, { sweep, test, tall, ...rest }) {
  const { width } = plot.room(ROOM);
  const every = [...(sweep?.lrs ?? []), ...(test?.lr ?? [])];
  const x = rate_scale(Math.min(...every), Math.max(...every), width);
  /** @type {any} */
  const about = { ...rest, x, width, height: sweep && test ? Math.min(146, Math.round((tall - 146) / 2)) : tall - 90 };
  const panels = [];
  if (sweep) panels.push(sweep_panel({ ...about, sweep }));
  if (test) panels.push(test_panel({ ...about, test }));
  plot.draw({ x, x_title: "learning rate (log scale)", panels });
}
