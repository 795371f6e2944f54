// The picture of the training explorer: rates, losses and accuracies of all runs over one axis of steps.

import { marks, vertical } from "../shared/old_controls.js";
import { band, clamp, floats, kept, line, percent, px, stack } from "../shared/axes.js";

const LEFT = 52;
const RIGHT = 14;
const HEAD = 28;
const COLORS = 6;
const DASHES = 7;
const CROSS = "M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5";

/** A run's looks, by its place: as in the matplotlib plots, a colour and dashes in turn. */
export const looks = (place) => `color-${place % COLORS} dash-${place % DASHES}`;

const opened = ({ mean, low, high }) => ({ mean: floats(mean), low: low && floats(low), high: high && floats(high) });
const nan = (values) => values.map((value) => value ?? NaN);
const numbers = ({ mean, low, high }) => ({ mean: nan(mean), low: nan(low), high: nan(high) });

/** The runs as drawn: arrays with NaN where there is no number. */
export const unpack = (runs) =>
  runs.map((run, place) => ({
    ...run,
    place,
    lr: opened(run.lr),
    loss: opened(run.loss),
    val_loss: numbers(run.val_loss),
    accuracy: numbers(run.accuracy),
  }));

/** The last epoch of `run` that had ended at `step`, or -1. */
export const epoch_at = (run, step) => run.ends.findLastIndex((end) => end <= step);

const finite = (lists) =>
  lists.flatMap((values) => [...(values ?? [])]).filter((value) => Number.isFinite(value) && value > 0);

function accuracy_axis(runs, height) {
  const values = finite(runs.map((run) => run.accuracy.low));
  const lowest = values.length ? Math.min(...values) : 0;
  const gap = [0.01, 0.02, 0.05, 0.1, 0.25].find((size) => (1 - lowest) / size <= 4) ?? 0.25;
  const bottom = Math.max(0, gap * Math.floor(lowest / gap + 1e-9));
  return {
    y: (share) => (height * (1 - share)) / (1 - bottom || 1),
    ticks: Array.from({ length: Math.round((1 - bottom) / gap) + 1 }, (_, i) => bottom + i * gap),
  };
}

/** Ticks not nearer to each other than their words are high. */
const legible = ({ y, ticks }) => {
  const gap = ticks.length > 1 ? Math.ceil(14 / Math.abs(y(ticks[1]) - y(ticks[0]))) : 1;
  return { y, ticks: ticks.filter((_, i) => (ticks.length - 1 - i) % gap === 0) };
};

function axes_of(runs, heights, log) {
  const rates = finite(runs.map((run) => run.lr.mean));
  const losses = finite(runs.map((run) => run.loss.mean));
  const starts = finite(runs.map((run) => run.loss.mean.slice(0, 1)));
  // A rate that is too high leads to any loss; what is far above the start is out of the picture.
  const top = Math.min(Math.max(...losses, 1e-12), 1.3 * Math.max(...starts, 1e-12));
  return {
    lr: legible(
      vertical({ highest: Math.max(...rates, 1e-12), lowest: Math.min(...rates, 1), log, height: heights.lr }),
    ),
    loss: legible(vertical({ highest: top, lowest: Math.min(...losses, top), log, height: heights.loss })),
    accuracy: accuracy_axis(runs, heights.accuracy),
  };
}

/** Draw the runs that are shown. Returns what finds the place in `steps` nearest to a pointer. */
export function plot(svg, { runs, shown, steps, at, log }) {
  const width = Math.max(280, svg.clientWidth || 700);
  const inner = width - LEFT - RIGHT;
  const last = steps.at(-1);
  const x = (step) => (inner * step) / last;
  const key = [width, log, shown.map((run) => run.place)].join();
  const heights = { lr: 100, loss: width < 560 ? 150 : 170, accuracy: 100 };
  const { axes, xs } = kept(svg, key, () => ({
    axes: axes_of(shown.length ? shown : runs, heights, log),
    xs: steps.map(x),
  }));
  const place_of = (name) => (value) => clamp(axes[name].y(value), -30, heights[name] + 30);
  const ys = (name, values) => Array.from(values, place_of(name));
  const drawn = (run, name, stairs) => {
    const { mean, low, high } = run[name];
    return `${low ? `<path class="spread ${looks(run.place)}" d="${band(xs, ys(name, low), ys(name, high))}"/>` : ""}
      <path class="run ${looks(run.place)}" data-line="${name}-${run.place}" d="${line(xs, ys(name, mean), stairs)}"/>`;
  };
  const cross = (run) => {
    const end = run.loss.mean.findLastIndex(Number.isFinite);
    const [gone, seeds] = run.diverged;
    return gone < seeds || end < 0
      ? ""
      : `<path class="cross ${looks(run.place)}" data-diverged="${run.place}" d="${CROSS}"
      transform="translate(${px(xs[end])} ${px(clamp(axes.loss.y(run.loss.mean[end]), 4, heights.loss))})"/>`;
  };
  const epochs = (run) => {
    const ends = run.ends.map(x);
    const { mean, low, high } = run.accuracy;
    const y = ys("accuracy", mean);
    return `<path class="spread ${looks(run.place)}" d="${run.seeds > 1 ? band(ends, ys("accuracy", low), ys("accuracy", high)) : ""}"/>
      <path class="run ${looks(run.place)}" data-line="accuracy-${run.place}" d="${line(ends, y)}"/>
      <path class="epochs ${looks(run.place)}" d="${ends.length > 60 ? "" : ends.map((end, i) => `M${px(end)} ${px(y[i])}h0`).join("")}"/>`;
  };
  const step = steps[at];
  const cursor = (height) => `<path class="cursor" d="M${px(x(step))} -4V${height}"/>`;
  const dot = (run, name, where, value) =>
    Number.isFinite(value) && axes[name].y(value) > -1 && axes[name].y(value) < heights[name] + 1
      ? `<circle class="mark ${looks(run.place)}" r="4.5" cx="${px(where)}" cy="${px(axes[name].y(value))}"/>`
      : "";
  const now = (name) => shown.map((run) => dot(run, name, x(step), run[name].mean[at])).join("");
  const judged = () =>
    shown
      .map((run) => {
        const epoch = epoch_at(run, step);
        return epoch < 0 || step > run.last ? "" : dot(run, "accuracy", x(run.ends[epoch]), run.accuracy.mean[epoch]);
      })
      .join("");
  const ticks = marks(last, width < 560 ? 5 : 10, (rest) => x(rest) > 40);
  const place = stack(svg, {
    key,
    width,
    left: LEFT,
    right: RIGHT,
    foot: 42,
    x_ticks: ticks.map((tick) => [x(tick), tick]),
    x_title: 'step <tspan font-style="italic">n</tspan> (completed updates)',
    panels: [
      {
        title: "learning rate",
        head: HEAD,
        height: heights.lr,
        ...axes.lr,
        moving: () => "",
        still: () => shown.map((run) => drawn(run, "lr", true)).join(""),
        over: () => cursor(heights.lr) + now("lr"),
      },
      {
        title: "training loss (running mean)",
        head: HEAD + 8,
        height: heights.loss,
        ...axes.loss,
        moving: () => "",
        still: () => shown.map((run) => drawn(run, "loss") + cross(run)).join(""),
        over: () => cursor(heights.loss) + now("loss"),
      },
      {
        title: "validation accuracy, epoch by epoch",
        head: HEAD + 8,
        height: heights.accuracy,
        ...axes.accuracy,
        moving: () => "",
        words: (share) => percent(share, 0),
        still: () => shown.map(epochs).join(""),
        over: () => cursor(heights.accuracy) + judged(),
      },
    ],
  });
  return (clientX) => {
    const pixel = place(clientX, 0)[0];
    return xs.reduce((best, there, i) => (Math.abs(there - pixel) < Math.abs(xs[best] - pixel) ? i : best), 0);
  };
}
