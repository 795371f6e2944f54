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
  back: new Float64Array(units),
  logits: new Float64Array(classes),
  grad: new Float64Array(size),
});

/** z = W x + b for row i. Four pixels at a time: z is read and written once for all of them. */
function see(w, shape, set, i, z) {
  const { units, bias } = shape;
  const { places, values, starts } = set;
  for (let j = 0; j < units; j++) z[j] = w[bias + j];
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
    for (let j = 0; j < units; j++) z[j] += va * w[a + j] + vb * w[b + j] + vc * w[c + j] + vd * w[d + j];
  }
  for (; k < end; k++) {
    const a = places[k] * units;
    const va = values[k];
    for (let j = 0; j < units; j++) z[j] += va * w[a + j];
  }
}

/** The logits of row i, into scratch; the hidden layer's outputs stay in z. */
function forward(w, shape, set, i, tanh, { z, logits }) {
  const { hidden, classes, second, last } = shape;
  see(w, shape, set, i, hidden ? z : logits);
  if (!hidden) return;
  if (tanh) for (let j = 0; j < hidden; j++) z[j] = Math.tanh(z[j]);
  else for (let j = 0; j < hidden; j++) if (z[j] < 0) z[j] = 0; // a NaN stays one
  for (let c = 0; c < classes; c++) {
    const at = second + c * hidden;
    let sum = w[last + c];
    for (let j = 0; j < hidden; j++) sum += w[at + j] * z[j];
    logits[c] = sum;
  }
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
  const { z, back, logits, grad } = work;
  const { places, values, starts } = set;
  const many = rows.length;
  let loss = 0;
  for (let r = 0; r < many; r++) {
    const i = rows[r];
    forward(w, shape, set, i, tanh, work);
    loss += cross_entropy(logits, labels[i]);
    logits[labels[i]] -= 1;
    for (let c = 0; c < classes; c++) logits[c] /= many;
    let slope = logits;
    if (hidden) {
      slope = back;
      back.fill(0);
      for (let c = 0; c < classes; c++) {
        const at = second + c * hidden;
        const d = logits[c];
        grad[last + c] += d;
        for (let j = 0; j < hidden; j++) {
          grad[at + j] += d * z[j];
          back[j] += d * w[at + j];
        }
      }
      if (tanh) for (let j = 0; j < hidden; j++) back[j] *= 1 - z[j] * z[j];
      else for (let j = 0; j < hidden; j++) if (!(z[j] > 0)) back[j] = 0;
    }
    for (let j = 0; j < units; j++) grad[bias + j] += slope[j];
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const at = places[k] * units;
      const value = values[k];
      for (let j = 0; j < units; j++) grad[at + j] += value * slope[j];
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
