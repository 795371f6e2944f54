// Handles on the curve: the places that make a schedule what it is, to be dragged. The sliders move the same.

import { clamp } from "../shared/numbers.js";

const rate = (value) => Number(clamp(value, 1e-6, 100).toPrecision(3));
const count = (value) => Math.max(1, Math.round(value));
const share = (value) => Number(clamp(value, 0.01, 0.99).toFixed(2));

/** @typedef {{ step: number, rate: number, move: (step: number, rate: number) => Record<string, any> }} Handle */

/** The first learning rate, up and down. @type {(values: any) => Handle} */
const first = ({ lr }) => ({ step: 0, rate: lr, move: (_, y) => ({ lr: rate(y) }) });

/** Of each class what its arguments' places are; a class without has the handle of its first learning rate alone. */
const OF = {
  Cosine: ({ T_max, eta_min }) => [
    { step: T_max, rate: eta_min, move: (x, y) => ({ T_max: count(x), eta_min: y < 1e-6 ? 0 : rate(y) }) },
  ],
  CosineWarmRestarts: ({ lr, T_0 }) => [{ step: T_0, rate: lr, move: (x, y) => ({ T_0: count(x), lr: rate(y) }) }],
  Cyclic: ({ max_lr, base_lr, step_size_up }) => [
    { step: step_size_up, rate: max_lr, move: (x, y) => ({ step_size_up: count(x), max_lr: rate(y) }) },
    { step: 0, rate: base_lr, move: (_, y) => ({ base_lr: rate(y) }) },
  ],
  OneCycle: ({ max_lr, total_steps, pct_start }) => [
    {
      step: Math.max(0, pct_start * total_steps - 1),
      rate: max_lr,
      move: (x, y) => ({ pct_start: share((x + 1) / total_steps), max_lr: rate(y) }),
    },
    { step: total_steps - 1, rate: 0, move: (x) => ({ total_steps: count(x + 1) }) },
  ],
  StepDecay: ({ lr, every }) => [{ step: every - 1, rate: lr, move: (x, y) => ({ every: count(x + 1), lr: rate(y) }) }],
  Step: ({ lr, step_size }) => [{ step: step_size, rate: lr, move: (x, y) => ({ step_size: count(x), lr: rate(y) }) }],
  MultiStep: ({ lr, gamma, milestones }) => {
    const sorted = milestones.toSorted((a, b) => a - b);
    return sorted.map((step, i) => ({
      step,
      rate: lr * gamma ** i,
      // Between its neighbours: past one of them, the hand would go on with that one.
      move: (x) => ({
        milestones: sorted.with(i, count(clamp(x, (sorted[i - 1] ?? 0) + 1, (sorted[i + 1] ?? Infinity) - 1))),
      }),
    }));
  },
  LinearWarmup: ({ lr, warmup }) => [
    { step: warmup - 1, rate: lr, move: (x, y) => ({ warmup: count(x + 1), lr: rate(y) }) },
  ],
  InverseSquareRoot: ({ lr, warmup }) => [
    { step: warmup - 1, rate: lr, move: (x, y) => ({ warmup: count(x + 1), lr: rate(y) }) },
  ],
  Linear: ({ lr, end_factor, total_iters }) => [
    {
      step: total_iters,
      rate: lr * end_factor,
      move: (x, y) => ({ total_iters: count(x), end_factor: Number(clamp(y / lr, 0, 1).toFixed(2)) }),
    },
  ],
  Polynomial: ({ total_iters }) => [{ step: total_iters, rate: 0, move: (x) => ({ total_iters: count(x) }) }],
  WarmupStableDecay: ({ lr, warmup, stable, decay }) => [
    { step: warmup, rate: lr, move: (x, y) => ({ warmup: count(x), lr: rate(y) }) },
    { step: warmup + stable, rate: lr, move: (x) => ({ stable: count(x - warmup) }) },
    { step: warmup + stable + decay, rate: 0, move: (x) => ({ decay: count(x - warmup - stable) }) },
  ],
};
const HAVE_OWN = new Set(
  "OneCycle Cyclic CosineWarmRestarts LinearWarmup InverseSquareRoot WarmupStableDecay".split(" "),
);

/** @type {(schedule: { name: string, values: any }) => Handle[]} */
export function handles_of({ name, values }) {
  const own = OF[name]?.(values) ?? [];
  const starts = "lr" in values && !HAVE_OWN.has(name);
  return starts ? [first(values), ...own] : own;
}

const NEAR = 18; // pixels from a handle that still take it

/**
 * Let the handles on `svg` be dragged. `spots()`: where they were drawn; `place`: the chart's; `move(i, step, rate)` moves
 * one, `release()` ends it. Returns whether one is held.
 */
export function drag_handles(svg, place, spots, move, release) {
  let held = -1;
  svg.addEventListener("pointerdown", (event) => {
    const { panel, left, top } = place(event);
    const gaps = panel === 0 ? spots().map((spot) => Math.hypot(spot.left - left, spot.top - top)) : [];
    const nearest_one = gaps.indexOf(Math.min(...gaps));
    if (nearest_one < 0 || gaps[nearest_one] > NEAR) return;
    held = nearest_one;
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (held < 0) return;
    const { x, y } = place(event);
    move(held, x, y);
  });
  ["pointerup", "pointercancel"].forEach((end) => {
    svg.addEventListener(end, () => {
      if (held < 0) return;
      held = -1;
      release();
    });
  });
  return () => held >= 0;
}
