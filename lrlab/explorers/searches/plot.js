// The pictures of the searches explorer: training curves of all rates, and the losses against the rate.

import { marks, spread, vertical } from "../shared/old_controls.js";
import { band, clamp, floats, kept, line, nearest, px, rate_axis, stack } from "../shared/axes.js";

/** The rules of lrlab.suggest: a name short enough for the picture, and the marker that plots/_searches.py has too. */
export const RULES = {
  steepest: { short: "steepest", mark: "M0 5.5L-5-4H5Z" },
  valley: { short: "middle", mark: "M4.5 0A4.5 4.5 0 1 1-4.5 0 4.5 4.5 0 1 1 4.5 0Z" },
  minimum_over_10: { short: "min/10", mark: "M-4-4H4V4H-4Z" },
};
const CROSS = "M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5";
const LEFT = 52;
const RIGHT = 26;
const HEAD = 30;
const NAMES = 18;

const or_nan = (values) => values.map((value) => value ?? NaN);
const finite = (values) => values.filter(Number.isFinite);

/** Results as drawn: arrays with NaN where there is no number. */
export function unpack(sweep, test) {
  return {
    sweep: sweep && {
      ...sweep,
      curves: sweep.curves.map(floats),
      loss: or_nan(sweep.loss),
      low: or_nan(sweep.low),
      high: or_nan(sweep.high),
    },
    test: test && { ...test, loss: floats(test.loss), smooth: floats(test.smooth) },
  };
}

/** An axis for losses up to `top`; what is higher ends any way it likes, and is out of the picture. */
function loss_axis(values, top, log, height) {
  const there = finite(values).filter((value) => value > 0);
  const highest = there.length ? Math.min(top, Math.max(...there)) : 1;
  return vertical({
    highest: log ? highest : 1.02 * highest,
    lowest: there.length ? Math.min(...there) : highest,
    log,
    height,
  });
}

const last_of = (curve) => curve.findLastIndex(Number.isFinite);

/** The training curves; `nearest_curve(pixel)` says whose passes nearest. */
export function plot_curves(svg, { sweep, log, at }) {
  const width = Math.max(260, svg.clientWidth || 400);
  const inner = width - LEFT - RIGHT;
  const height = svg.closest(".wide") ? 390 : 230;
  const key = [width, height, log].join();
  const { xs, y, ticks } = kept(svg, key, () => {
    const starts = finite(sweep.curves.map((curve) => curve[0]));
    const all = sweep.curves.flatMap((curve) => [...curve]);
    const steps = sweep.steps.map((step) => (inner * step) / Math.max(1, sweep.updates - 1));
    return { xs: steps, ...loss_axis(all, 1.1 * Math.max(...starts), log, height) };
  });
  const heights = (curve) => Array.from(curve, (loss) => clamp(y(loss), -30, height + 30));
  const style = (i) => (sweep.diverged[i] ? "gone" : "kept");
  const path = (i, extra) => {
    const curve = sweep.curves[i];
    const end = last_of(curve);
    const cross =
      sweep.diverged[i] && end >= 0
        ? `<path class="cross ${extra}" d="${CROSS}" transform="translate(${px(xs[end])} ${px(clamp(y(curve[end]), 1, height))})"/>`
        : "";
    return `<path class="curve ${style(i)} ${extra}" data-curve="${i}" d="${line(xs, heights(curve))}"/>${cross}`;
  };
  const last = Math.max(1, sweep.updates - 1);
  const steps = marks(last, Math.floor(inner / 55), (rest) => (inner * rest) / last > 40);
  const place = stack(svg, {
    key,
    width,
    left: LEFT,
    right: RIGHT,
    foot: 42,
    x_title: 'step <tspan font-style="italic">n</tspan>',
    x_ticks: steps.map((step) => [(inner * step) / last, step]),
    panels: [
      {
        title: "training loss (running mean)",
        head: HEAD,
        height,
        y,
        ticks,
        still: () => sweep.curves.map((_, i) => path(i, "faint")).join(""),
        moving: () => path(at, "chosen"),
        over: () => "",
      },
    ],
  });
  return (clientX, clientY) => {
    const [x, height_there] = place(clientX, clientY);
    const step = nearest(xs, x);
    const gaps = sweep.curves.map((curve) =>
      Math.abs(clamp(y(curve[Math.min(step, last_of(curve))]), 0, height) - height_there),
    );
    return gaps.reduce((best, gap, i) => (gap < (gaps[best] ?? Infinity) ? i : best), at);
  };
}

/** The suggestions: a mark on the line, and the names above, kept apart. */
function suggested({ suggestions, x, y, width, height, height_at }) {
  const found = Object.entries(suggestions).filter(([, lr]) => lr !== null);
  const places = found.map(([, lr]) => clamp(x(lr), 0, width));
  const names = spread(places, 56, width - 6); // half a name, and the margin
  return found
    .map(([rule, lr], i) => {
      // Rules that agree stand one above the other.
      const same = found.slice(0, i).filter(([, other]) => other === lr).length;
      const spot = clamp(y(height_at(lr)) - 11 * same, 0, height);
      return `<path class="hint ${rule}" d="M${px(names[i])} -5L${px(places[i])} 3V${px(spot)}"/>
      <path class="mark ${rule}" data-suggested="${rule}" d="${RULES[rule].mark}" transform="translate(${px(places[i])} ${px(spot)})"/>
      <text class="name ${rule}" x="${px(names[i])}" y="-8" text-anchor="middle">${RULES[rule].short}</text>`;
    })
    .join("");
}

/** The loss at `lr` on the line through the points, straight between two neighbours in log scale. */
function between(rates, losses, lr) {
  const after = rates.findIndex((rate) => rate >= lr);
  if (after <= 0) return losses[after === 0 ? 0 : rates.length - 1];
  const [low, high] = [rates[after - 1], rates[after]];
  const share = Math.log(lr / low) / Math.log(high / low);
  return losses[after - 1] + share * (losses[after] - losses[after - 1]);
}

const ring = (x, y) => (Number.isFinite(y) ? `<circle class="here" r="8" cx="${px(x)}" cy="${px(y)}"/>` : "");
const cursor = (x, height) => `<path class="cursor" d="M${px(x)} 0V${height}"/>`;

function sweep_panel({ sweep, x, width, log, height, lr, at }) {
  const { lrs, loss, low, high, diverged } = sweep;
  const known = finite(loss);
  const top = 1.2 * Math.max(known[0] ?? 1, 2 * Math.min(...known, Infinity) || 1);
  const { y, ticks } = loss_axis(known, top, log, height);
  const xs = lrs.map(x);
  const ys = loss.map((value) => clamp(y(value), -30, height + 30));
  const spots = lrs.map((_, i) => (Number.isFinite(loss[i]) ? Math.max(0, ys[i]) : diverged[i] ? 7 : NaN));
  const first = diverged.findIndex((count) => count > 0);
  const dots = xs.map((place, i) => {
    const at_place = `transform="translate(${px(place)} ${px(spots[i])})"`;
    if (diverged[i]) return `<path class="cross" data-diverged="${i}" d="${CROSS}" ${at_place}/>`;
    if (!Number.isFinite(loss[i])) return "";
    return ys[i] < 0 ? `<path class="dot" d="M0 0L5 8H-5Z" ${at_place}/>` : `<circle class="dot" r="3.5" ${at_place}/>`;
  });
  return {
    title: "validation loss at the end",
    head: HEAD + NAMES,
    above: NAMES,
    height,
    y,
    ticks,
    still: () => `<path class="spread" d="${band(
      xs,
      low.map((value) => clamp(y(value), -30, height + 30)),
      high.map((value) => clamp(y(value), -30, height + 30)),
    )}"/>
      <path class="curve kept" data-line="sweep" d="${line(xs, ys)}"/>${dots.join("")}
      ${first >= 0 ? `<text class="gone" x="${px(xs[first] - 9)}" y="7" dy=".35em" text-anchor="end">diverged</text>` : ""}`,
    moving: () => "",
    over: () => `${cursor(x(lr), height)}${ring(xs[at], spots[at])}
      ${suggested({ suggestions: sweep.suggestions, x, y, width, height, height_at: (rate) => between(lrs, loss, rate) })}`,
  };
}

function test_panel({ test, x, width, log, height, lr, at }) {
  const smooth = finite([...test.smooth]);
  const end = last_of(test.smooth);
  const { y, ticks } = loss_axis(
    smooth,
    1.25 * Math.max(smooth[0] ?? 1, 2 * Math.min(...smooth, Infinity) || 1),
    log,
    height,
  );
  const xs = test.lr.map(x);
  const heights = (values) => Array.from(values, (value) => clamp(y(value), -30, height + 30));
  const spot = (i) => clamp(y(test.smooth[i]), 0, height);
  return {
    title: "range test: training loss",
    head: HEAD + NAMES + 8,
    above: NAMES,
    height,
    y,
    ticks,
    still: () => `<path class="single" d="${line(xs, heights(test.loss))}"/>
      <path class="curve kept" data-line="range" d="${line(xs, heights(test.smooth))}"/>
      ${test.stopped && end >= 0 ? `<path class="cross" d="${CROSS}" transform="translate(${px(xs[end])} ${px(Math.max(2, spot(end)))})"/>` : ""}`,
    moving: () => "",
    over: () => `${cursor(x(lr), height)}${at < 0 ? "" : ring(xs[at], spot(at))}
      ${suggested({ suggestions: test.suggestions, x, y, width, height, height_at: (rate) => between(test.lr, test.smooth, rate) })}`,
  };
}

/** What the rates lead to, one panel for each result. Returns what finds the rate nearest to a pointer. */
export function plot_rates(svg, { sweep, test, rates, log, lr, at, tested }) {
  const width = Math.max(260, svg.clientWidth || 400);
  const inner = width - LEFT - RIGHT;
  const every = [...(sweep?.lrs ?? []), ...(test?.lr ?? [])];
  const { x, ticks } = rate_axis(Math.min(...every), Math.max(...every), inner);
  const both = sweep && test;
  const height = both ? 146 : svg.closest(".wide") ? 372 : 230;
  const panels = [];
  if (sweep) panels.push(sweep_panel({ sweep, x, width: inner, log, height, lr, at }));
  if (test) panels.push(test_panel({ test, x, width: inner, log, height, lr, at: tested }));
  const place = stack(svg, {
    key: [width, height, log].join(),
    width,
    left: LEFT,
    right: RIGHT,
    foot: 42,
    x_title: "learning rate (log scale)",
    x_ticks: ticks.map((rate) => [x(rate), rate]),
    panels,
  });
  return (clientX) => nearest(rates.map(x), place(clientX, 0)[0]);
}
