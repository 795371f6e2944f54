// From the page's state to runs: the learning rates of a schedule, what a worker gets, and what several seeds have in common.

import { curves } from "../shared/formulas.js";

export const RUN_KEYS = [
  ...["data", "model", "width", "activation", "optimizer", "momentum", "nesterov"],
  ...["weight_decay", "batch_size", "updates", "noise"],
];
const SWEPT = Array.from({ length: 24 }, (_, i) => 10 ** (-3.5 + (4.75 * i) / 23));
export const WINDOW = 10; // updates that a line of the loss is the mean of

/** Straight lines between points, as PiecewiseLinear has them. */
function between(points, n) {
  const i = points.findIndex(([step]) => step > n);
  if (i < 0) return points.at(-1)[1];
  const [[a, low], [b, high]] = [points[i - 1], points[i]];
  return ((high - low) / (b - a)) * (n - a) + low;
}

/** The learning rates of the first `updates` updates; fewer if the schedule ends before. */
export function rates_of({ name, values, warmup, points, rates }, updates) {
  if (name === "given") return rates.slice(0, updates);
  if (name === "drawn") return Array.from({ length: updates }, (_, n) => between(points, n));
  const after = Array.from(curves[name](values, Math.max(1, updates - warmup)));
  return Array.from({ length: Math.min(updates, warmup + after.length) }, (_, n) =>
    n < warmup ? after[0] * Math.min(1, (n + 1) / warmup) : after[n - warmup],
  );
}

/** The highest learning rate of a schedule that the slider moves, and the schedule with another one. */
const moved = ({ values = {} }) => ["lr", "max_lr"].find((field) => field in values);
export const peak_of = (schedule) =>
  moved(schedule)
    ? schedule.values[moved(schedule) ?? ""]
    : Math.max(...(schedule.points ?? []).map(([, rate]) => rate), 0);
export function with_peak(schedule, peak) {
  const field = moved(schedule) ?? "";
  if (field) return { ...schedule, values: { ...schedule.values, [field]: peak } };
  const before = peak_of(schedule) || 1;
  return {
    ...schedule,
    points: schedule.points?.map(([n, rate]) => [n, Number(((rate * peak) / before).toPrecision(3))]),
  };
}

/** What the workers get for a state: a run for each seed. */
export function specs_of(state, more = {}) {
  const own = Object.fromEntries(RUN_KEYS.map((key) => [key, state[key]]));
  const rates = rates_of(state.schedule, state.updates);
  return Array.from({ length: state.seeds }, (_, i) => ({
    ...own,
    nesterov: state.nesterov && state.momentum > 0,
    rates,
    seed: state.seed + i,
    mistake: state._mistake || null,
    ...more,
  }));
}

/** The same runs at 24 highest learning rates: one seed, the schedule scaled. */
export function sweep_of(state) {
  const [spec] = specs_of(state);
  const peak = Math.max(...spec.rates) || 1;
  return SWEPT.map((rate) => ({ rate, spec: { ...spec, rates: spec.rates.map((one) => (one * rate) / peak) } }));
}

/** The mean of each value and the up to WINDOW - 1 before it. */
export function smooth(values) {
  return Float64Array.from(values, (_, n) => {
    let sum = 0;
    const from = Math.max(0, n - WINDOW + 1);
    for (let i = from; i <= n; i++) sum += values[i];
    return sum / (n - from + 1);
  });
}

/** Value by value the mean of several runs; what one lacks, as it diverged, is NaN. */
export const mean_of = (runs) =>
  Float64Array.from(runs[0], (_, n) => runs.reduce((sum, run) => sum + (run[n] ?? NaN), 0) / runs.length);

/** What the picture needs of the runs of one state. */
export function summary(results, state) {
  const losses = results.map(({ loss }) => smooth(loss));
  const longest = results.reduce((best, one) => (one.at.length > best.at.length ? one : best));
  const padded = (name) => mean_of(results.map((one) => Array.from(longest.at, (_, i) => one[name][i] ?? NaN)));
  const loss = mean_of(losses);
  const diverged = results.filter((one) => one.diverged);
  const accuracy = padded("val_accuracy");
  return {
    results,
    losses,
    loss,
    rates: rates_of(state.schedule, state.updates),
    at: longest.at,
    val_loss: padded("val_loss"),
    accuracy,
    ratio: mean_of(results.map(({ ratio }) => ratio)),
    diverged: diverged.length,
    first_gone: Math.min(...diverged.map(({ done }) => done)),
    start: results.reduce((sum, one) => sum + one.val_loss[0], 0) / results.length,
    end: diverged.length ? NaN : loss.at(-1),
    end_accuracy: accuracy.at(-1),
    end_val_loss: padded("val_loss").at(-1),
  };
}

/** What a run shows of its learning rate: "diverged", "high", "low" or "right". */
export function judged(run) {
  if (run.diverged) return "diverged";
  if (run.end < 0.35 * run.start) return "right";
  // One that is too high moves the weights by as much as they are, or drives the loss up.
  return Math.max(...run.ratio) > 0.3 || Math.max(...run.loss) > 1.1 * run.start ? "high" : "low";
}
