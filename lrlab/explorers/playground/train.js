// A whole training run, update by update. fit.py is the same with torch; a test holds the two to 1e-9.

import { data_set, epoch_order, noisy_labels } from "./data.js";
import { GRID } from "./grid.js";
import { memory, release } from "./kernel.js";
import { evaluate, first_weights, grid_of, loss_and_gradient, placed, scratch, shape_of } from "./network.js";
import { optimizers } from "./optimizers.js";
import { shuffled, stream } from "./random.js";
import { largest_curvature } from "./sharpness.js";

export const EVERY = 10; // updates between two looks at the validation images

/** How long the step from `before` to `w` is beside `w`. */
function ratio_of(before, w) {
  let step = 0;
  let size = 0;
  for (let i = 0; i < w.length; i++) {
    step += (w[i] - before[i]) ** 2;
    size += w[i] * w[i];
  }
  return Math.sqrt(step / size);
}

/** What a run starts from, in the memory `room`, and how to make its updates. */
function prepared(spec, room) {
  const { mistake } = spec;
  const kept = data_set(spec.data);
  const larger = (value, i) => (kept.places[i] === kept.inputs ? value : 16 * value);
  const set = mistake === "scale" ? { ...kept, values: kept.values.map(larger) } : kept;
  const shape = shape_of(spec, set);
  const w = room.floats(mistake === "zeros" ? shape.size : first_weights(shape, spec.seed));
  let labels = noisy_labels(set, spec.noise, spec.seed);
  if (mistake === "labels") {
    const moved = shuffled(set.train, stream(spec.seed, "labels"), set.train);
    labels = labels.map((label, i) => (i < set.train ? labels[moved[i]] : label));
  }
  const [data, work] = [placed(set, shape, room), scratch(shape, spec.batch_size, room)];
  return { set, data, shape, w, labels, work, step: optimizers[spec.optimizer](spec, shape.size) };
}

/**
 * Train, and yield the result after each update. Of a result: `done` updates so far; `loss` of each batch; `ratio`, how long
 * each update was beside the weights; `at`, `val_loss` and `val_accuracy`, each EVERY updates; `diverged`, whether the loss
 * stopped being finite, which ends the run; with `spec.grids`, `grids` of a plane at the same updates; with
 * `spec.sharpness`, `sharp`: pairs of update and largest curvature.
 */
export function* run(spec) {
  const room = memory();
  try {
    yield* updates_of(spec, room);
  } finally {
    release(room);
  }
}

function* updates_of(spec, room) {
  const { set, data, shape, w, labels, work, step } = prepared(spec, room);
  const { batch_size, updates, rates, mistake } = spec;
  const tanh = spec.activation === "tanh";
  const planned = Math.min(updates, rates.length);
  /** @type {any} */
  const result = {
    done: 0,
    loss: new Float64Array(planned).fill(NaN),
    ratio: new Float64Array(planned).fill(NaN),
    at: [],
    val_loss: [],
    val_accuracy: [],
    grids: [],
    sharp: [],
    diverged: false,
  };
  const before = new Float64Array(shape.size);
  const total = mistake === "accumulated" ? new Float64Array(shape.size) : null;
  const grid = spec.grids && set.inputs === 2 ? grid_of(shape, tanh, work, room, GRID) : null;
  const judged_at = step.mean ? room.floats(w) : w;
  const look = () => {
    if (step.mean && result.done) judged_at.set(step.mean);
    const seen = evaluate(judged_at, shape, data, set.labels, set.train, set.all, tanh, work);
    result.at.push(result.done);
    result.val_loss.push(seen.loss);
    result.val_accuracy.push(seen.accuracy);
    if (grid) result.grids.push(grid(judged_at));
  };
  const curvature = spec.sharpness ? largest_curvature(shape, data, labels, set.train, tanh, room) : null;
  look();
  let order = new Int32Array(0);
  let place = 0;
  let epoch = 0;
  for (let n = 0; n < planned; n++) {
    if (curvature && n % Math.ceil(planned / 12) === 0) result.sharp.push([n, curvature(w)]);
    if (place >= order.length) {
      order = epoch_order(set.train, spec.seed, epoch++);
      if (mistake === "sorted") order.sort((i, j) => labels[i] - labels[j] || i - j);
      place = 0;
    }
    const rows = order.subarray(place, place + batch_size);
    place += batch_size;
    result.loss[n] = loss_and_gradient(w, shape, data, labels, rows, tanh, work);
    result.done = n + 1;
    if (!Number.isFinite(result.loss[n])) {
      result.diverged = true;
      break;
    }
    before.set(w);
    if (total) for (let i = 0; i < total.length; i++) total[i] += work.grad[i];
    step(w, total?.slice() ?? work.grad, rates[n], n);
    result.ratio[n] = ratio_of(before, w);
    if (result.done % EVERY === 0 || result.done === planned) look();
    yield result;
  }
  yield result;
}

/** The result of a whole run. */
export function train(spec) {
  let result;
  for (result of run(spec));
  return result;
}
