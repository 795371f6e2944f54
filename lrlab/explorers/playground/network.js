// A network of at most one hidden layer and its gradient, written out: plain loops over Float64Array.

import { stream } from "./random.js";

/**
 * Where the weights are in one flat array. `first` is the layer that sees the inputs, stored input by input, so that a
 * pixel's weights are neighbours; `second`, from the hidden layer to the logits, logit by logit.
 */
export function shape_of({ model, width }, { inputs, classes }) {
  const hidden = model === "hidden" ? width : 0;
  const units = hidden || classes; // that see the inputs
  const first = inputs * units;
  const second = first + units;
  const last = second + hidden * classes;
  return { inputs, hidden, classes, units, bias: first, second, last, size: hidden ? last + classes : second };
}

/** Weights as torch's nn.Linear starts: uniform within 1 / sqrt(inputs of the layer), by the seed. */
export function first_weights(shape, seed) {
  const { inputs, hidden, second, size } = shape;
  const random = stream(seed, "weights");
  const bounds = [1 / Math.sqrt(inputs), 1 / Math.sqrt(hidden)];
  return Float64Array.from({ length: size }, (_, i) => (2 * random(i) - 1) * bounds[i < second ? 0 : 1]);
}

/** What the passes write into, so that no update allocates. */
export const scratch = ({ units, classes, size }) => ({
  z: new Float64Array(units),
  outputs: new Float64Array(units),
  alive: new Int32Array(units),
  slopes: new Float64Array(units),
  logits: new Float64Array(classes),
  grad: new Float64Array(size),
});

/** z = W x + b for row i, eight units at a time: their sums stay in registers while the pixels go by. */
function see(w, shape, set, i, z) {
  const { units, bias } = shape;
  const { places, values, starts } = set;
  const begin = starts[i];
  const end = starts[i + 1];
  let j = 0;
  for (; j + 7 < units; j += 8) {
    let a = w[bias + j];
    let b = w[bias + j + 1];
    let c = w[bias + j + 2];
    let d = w[bias + j + 3];
    let e = w[bias + j + 4];
    let f = w[bias + j + 5];
    let g = w[bias + j + 6];
    let h = w[bias + j + 7];
    for (let k = begin; k < end; k++) {
      const at = places[k] * units + j;
      const value = values[k];
      a += value * w[at];
      b += value * w[at + 1];
      c += value * w[at + 2];
      d += value * w[at + 3];
      e += value * w[at + 4];
      f += value * w[at + 5];
      g += value * w[at + 6];
      h += value * w[at + 7];
    }
    z[j] = a;
    z[j + 1] = b;
    z[j + 2] = c;
    z[j + 3] = d;
    z[j + 4] = e;
    z[j + 5] = f;
    z[j + 6] = g;
    z[j + 7] = h;
  }
  for (; j < units; j++) {
    let sum = w[bias + j];
    for (let k = begin; k < end; k++) sum += values[k] * w[places[k] * units + j];
    z[j] = sum;
  }
}

/** The hidden layer's outputs that are not 0: `places` are the units, `values` what they put out. Returns how many. */
function activate(hidden, tanh, { z, alive, outputs }) {
  let live = 0;
  for (let j = 0; j < hidden; j++) {
    const value = tanh ? Math.tanh(z[j]) : z[j];
    if (value <= 0 && !tanh) continue; // a NaN stays
    alive[live] = j;
    outputs[live++] = value;
  }
  return live;
}

/** The logits of row i, into scratch; returns how many units of the hidden layer are alive. */
function forward(w, shape, set, i, tanh, work) {
  const { hidden, classes, second, last } = shape;
  const { logits, alive, outputs } = work;
  see(w, shape, set, i, hidden ? work.z : logits);
  if (!hidden) return 0;
  const live = activate(hidden, tanh, work);
  let c = 0;
  for (; c + 4 < classes; c += 5) {
    const at = second + c * hidden;
    let p = w[last + c];
    let q = w[last + c + 1];
    let r = w[last + c + 2];
    let s = w[last + c + 3];
    let t = w[last + c + 4];
    for (let m = 0; m < live; m++) {
      const j = at + alive[m];
      const value = outputs[m];
      p += value * w[j];
      q += value * w[j + hidden];
      r += value * w[j + 2 * hidden];
      s += value * w[j + 3 * hidden];
      t += value * w[j + 4 * hidden];
    }
    logits[c] = p;
    logits[c + 1] = q;
    logits[c + 2] = r;
    logits[c + 3] = s;
    logits[c + 4] = t;
  }
  for (; c < classes; c++) {
    const at = second + c * hidden;
    let sum = w[last + c];
    for (let m = 0; m < live; m++) sum += outputs[m] * w[at + alive[m]];
    logits[c] = sum;
  }
  return live;
}

/** Softmax of the logits in their place; returns minus the log-probability of `label`. */
function cross_entropy(logits, label) {
  let top = logits[0];
  for (let c = 1; c < logits.length; c++) if (logits[c] > top) top = logits[c];
  const right = logits[label];
  let sum = 0;
  for (let c = 0; c < logits.length; c++) {
    logits[c] = Math.exp(logits[c] - top);
    sum += logits[c];
  }
  for (let c = 0; c < logits.length; c++) logits[c] /= sum;
  return Math.log(sum) - (right - top);
}

/** Add the gradient of the mean loss over the `rows` to `work.grad`; returns that loss. */
export function loss_and_gradient(w, shape, set, labels, rows, tanh, work) {
  const { hidden, classes, units, bias, second, last } = shape;
  const { logits, grad, alive, outputs, slopes } = work;
  const { places, values, starts } = set;
  const many = rows.length;
  let loss = 0;
  for (let r = 0; r < many; r++) {
    const i = rows[r];
    let live = forward(w, shape, set, i, tanh, work);
    loss += cross_entropy(logits, labels[i]);
    logits[labels[i]] -= 1;
    for (let c = 0; c < classes; c++) logits[c] /= many;
    if (hidden) {
      for (let m = 0; m < live; m++) slopes[m] = 0;
      for (let c = 0; c < classes; c++) {
        const at = second + c * hidden;
        const d = logits[c];
        grad[last + c] += d;
        for (let m = 0; m < live; m++) {
          const j = at + alive[m];
          grad[j] += d * outputs[m];
          slopes[m] += d * w[j];
        }
      }
      if (tanh) for (let m = 0; m < live; m++) slopes[m] *= 1 - outputs[m] * outputs[m];
    } else {
      live = units;
      for (let j = 0; j < units; j++) {
        alive[j] = j;
        slopes[j] = logits[j];
      }
    }
    for (let m = 0; m < live; m++) grad[bias + alive[m]] += slopes[m];
    let k = starts[i];
    const end = starts[i + 1];
    for (; k + 3 < end; k += 4) {
      const a = places[k] * units;
      const b = places[k + 1] * units;
      const c = places[k + 2] * units;
      const d = places[k + 3] * units;
      const va = values[k];
      const vb = values[k + 1];
      const vc = values[k + 2];
      const vd = values[k + 3];
      for (let m = 0; m < live; m++) {
        const j = alive[m];
        const slope = slopes[m];
        grad[a + j] += va * slope;
        grad[b + j] += vb * slope;
        grad[c + j] += vc * slope;
        grad[d + j] += vd * slope;
      }
    }
    for (; k < end; k++) {
      const a = places[k] * units;
      for (let m = 0; m < live; m++) grad[a + alive[m]] += values[k] * slopes[m];
    }
  }
  return loss / many;
}

/** Mean loss, and the share that is right, of the rows from `from` to `to`. */
export function evaluate(w, shape, set, from, to, tanh, work) {
  const { logits } = work;
  const { labels } = set;
  let loss = 0;
  let right = 0;
  for (let i = from; i < to; i++) {
    forward(w, shape, set, i, tanh, work);
    let best = 0;
    for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
    right += best === labels[i] ? 1 : 0;
    loss += cross_entropy(logits, labels[i]);
  }
  return { loss: loss / (to - from), accuracy: right / (to - from) };
}

/** The probability of the last class at each point of a grid over [-reach, reach]², row by row from the top. */
export function probabilities(w, shape, tanh, work, { side, reach }) {
  const found = new Float32Array(side * side);
  const point = { starts: [0, 2], places: [0, 1], values: new Float64Array(2) };
  for (let i = 0; i < side * side; i++) {
    point.values[0] = reach * ((2 * ((i % side) + 0.5)) / side - 1);
    point.values[1] = reach * (1 - (2 * (Math.floor(i / side) + 0.5)) / side);
    forward(w, shape, point, 0, tanh, work);
    cross_entropy(work.logits, 0);
    found[i] = work.logits[1];
  }
  return found;
}
