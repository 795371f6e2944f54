// A network of at most one hidden layer and its gradient, written out: plain loops over Float64Array.

import { stream } from "./random.js";

/**
 * Where the weights are in one flat array: first the layer that sees the inputs, stored input by input, so that a pixel's
 * weights are neighbours, and its bias like those of one pixel more; `second`, from the hidden layer to the logits, logit by
 * logit; `last`, their bias.
 */
export function shape_of({ model, width }, { inputs, classes }) {
  const hidden = model === "hidden" ? width : 0;
  const units = hidden || classes; // that see the inputs
  const second = (inputs + 1) * units;
  const last = second + hidden * classes;
  return { inputs, hidden, classes, units, second, last, size: hidden ? last + classes : second };
}

/** Weights as torch's nn.Linear starts: uniform within 1 / sqrt(inputs of the layer), by the seed. */
export function first_weights(shape, seed) {
  const { inputs, hidden, second, size } = shape;
  const random = stream(seed, "weights");
  const bounds = [1 / Math.sqrt(inputs), 1 / Math.sqrt(hidden)];
  return new Float64Array(size).map((_, i) => (2 * random(i) - 1) * bounds[i < second ? 0 : 1]);
}

/** What the passes write into, in a run's memory, for at most `most` rows at once: no update allocates. */
export function scratch({ inputs, units, hidden, classes, second, size }, most, { floats, ints, sum }) {
  const outputs = floats(most * units); // of the layer that sees the inputs
  const logits = hidden ? floats(most * classes) : outputs;
  const each = (length, place) => ints(new Int32Array(length).map((_, i) => place(i)));
  return {
    ...{ sum, most, outputs, logits },
    by_class: floats(most * classes), // the slopes of the logits, class by class
    slopes: hidden ? floats(most * units) : logits, // of the sums of the first layer
    second: floats(hidden * classes), // the second layer's weights, unit by unit
    // For `sum`: where in scratch a row begins, and in the weights those of a class.
    rows: each(most * classes, (i) => (i % most) * units),
    of_class: each(most * classes, (i) => second + (i % classes) * hidden),
    of_unit: each(most * hidden, (i) => (i % hidden) * classes),
    // A batch pixel by pixel: of pixel p, `counts[p]` entries from p * most on.
    turned: {
      counts: new Int32Array(inputs + 1),
      rows: ints(most * (inputs + 1)),
      values: floats(most * (inputs + 1)),
    },
    grad: floats(size),
  };
}

/** A data set in a run's memory: its values, and of each its pixel and where the weights of that pixel begin. */
export const placed = ({ starts, places, values }, { units }, { floats, ints }) => ({
  ...{ starts, pixels: places, values: floats(values) },
  places: ints(places.map((place) => place * units)),
});

/** Make scratch ready for weights that have changed. */
function prepare(w, { hidden, classes, second: from }, { second }) {
  for (let c = 0; c < classes; c++) for (let j = 0; j < hidden; j++) second[j * classes + c] = w[from + c * hidden + j];
}

/** The logits of row i, into scratch as its row r. */
function forward(w, { hidden, classes, units, last }, { starts, places, values }, i, tanh, work, r) {
  const { sum, outputs, logits, second, of_unit } = work;
  const from = r * units;
  const to = from + units;
  sum(outputs, from, units, w, places, values, starts[i], starts[i + 1]);
  if (!hidden) return;
  if (tanh) for (let j = from; j < to; j++) outputs[j] = Math.tanh(outputs[j]);
  else for (let j = from; j < to; j++) outputs[j] = Math.max(0, outputs[j]); // a NaN stays
  sum(logits, r * classes, classes, second, of_unit, outputs, from, to);
  for (let c = 0; c < classes; c++) logits[r * classes + c] += w[last + c];
}

/** Softmax of the `classes` logits from `from` on, in their place; returns minus the log-probability of `label`. */
function cross_entropy(logits, from, classes, label) {
  const to = from + classes;
  let top = logits[from];
  for (let c = from; c < to; c++) if (logits[c] > top) top = logits[c];
  const right = logits[from + label];
  let sum = 0;
  for (let c = from; c < to; c++) {
    logits[c] = Math.exp(logits[c] - top);
    sum += logits[c];
  }
  for (let c = from; c < to; c++) logits[c] /= sum;
  return Math.log(sum) - (right - top);
}

/** The rows of a batch pixel by pixel: of those that are not 0, where the row begins in scratch, and the value. */
function turn({ starts, pixels, values }, batch, { most, turned, rows }) {
  const { counts } = turned;
  counts.fill(0);
  for (let r = 0; r < batch.length; r++) {
    const end = starts[batch[r] + 1];
    for (let k = starts[batch[r]]; k < end; k++) {
      const pixel = pixels[k];
      const place = pixel * most + counts[pixel]++;
      turned.rows[place] = rows[r];
      turned.values[place] = values[k];
    }
  }
}

/** Put the gradient of the mean loss over the rows of a `batch` into `work.grad`; returns that loss. */
export function loss_and_gradient(w, shape, data, labels, batch, tanh, work) {
  const { inputs, hidden, classes, units, second, last } = shape;
  const { sum, most, logits, outputs, by_class, slopes, grad, turned } = work;
  const many = batch.length;
  prepare(w, shape, work);
  let loss = 0;
  for (let r = 0; r < many; r++) {
    const label = labels[batch[r]];
    const from = r * classes;
    const to = from + classes;
    forward(w, shape, data, batch[r], tanh, work, r);
    loss += cross_entropy(logits, from, classes, label);
    logits[from + label] -= 1;
    for (let c = from; c < to; c++) logits[c] /= many;
    if (hidden) {
      const [begin, end] = [r * hidden, (r + 1) * hidden];
      for (let c = 0; c < classes; c++) by_class[c * most + r] = logits[from + c];
      sum(slopes, begin, hidden, w, work.of_class, logits, from, to);
      if (tanh) for (let j = begin; j < end; j++) slopes[j] *= 1 - outputs[j] * outputs[j];
      else for (let j = begin; j < end; j++) if (outputs[j] === 0) slopes[j] = 0;
    }
  }
  for (let c = 0; hidden && c < classes; c++) {
    const [from, to] = [c * most, c * most + many];
    grad[last + c] = 0;
    for (let k = from; k < to; k++) grad[last + c] += by_class[k];
    sum(grad, second + c * hidden, hidden, outputs, work.rows, by_class, from, to);
  }
  turn(data, batch, work);
  const { counts, rows, values } = turned;
  for (let p = 0; p <= inputs; p++) sum(grad, p * units, units, slopes, rows, values, p * most, p * most + counts[p]);
  return loss / many;
}

/** Mean loss, and the share that is right, of the rows from `from` to `to`. */
export function evaluate(w, shape, data, labels, from, to, tanh, work) {
  const { logits } = work;
  const { classes } = shape;
  prepare(w, shape, work);
  let loss = 0;
  let right = 0;
  for (let i = from; i < to; i++) {
    forward(w, shape, data, i, tanh, work, 0);
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[c] > logits[best]) best = c;
    right += best === labels[i] ? 1 : 0;
    loss += cross_entropy(logits, 0, classes, labels[i]);
  }
  return { loss: loss / (to - from), accuracy: right / (to - from) };
}

/** A point of the plane, to be moved, as a data set of one row. */
const POINT = { starts: [0, 3], places: Int32Array.of(2, 0, 1), values: Float64Array.of(1, 0, 0) };

/** What finds the probability of the last class at each point of a grid over [-reach, reach]², row by row from the top. */
export function grid_of(shape, tanh, work, memory, { side, reach }) {
  const point = placed(POINT, shape, memory);
  return (w) => {
    const chances = new Float32Array(side * side);
    prepare(w, shape, work);
    for (let i = 0; i < side * side; i++) {
      point.values[1] = reach * ((2 * ((i % side) + 0.5)) / side - 1);
      point.values[2] = reach * (1 - (2 * (Math.floor(i / side) + 0.5)) / side);
      forward(w, shape, point, 0, tanh, work, 0);
      cross_entropy(work.logits, 0, shape.classes, 0);
      chances[i] = work.logits[1];
    }
    return chances;
  };
}
