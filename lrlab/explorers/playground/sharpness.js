// The sharpness: the largest eigenvalue of the Hessian of the training loss, found by power iteration. A Hessian times a
// vector is the difference of two gradients, taken a little to either side along it.

import { loss_and_gradient, scratch } from "./network.js";
import { stream } from "./random.js";

const ROWS = 256; // training images that the loss is taken over
const ROUNDS = 20;
const NUDGE = 1e-4; // how far along the vector, whose length is 1

const length_of = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** The function from weights to the largest curvature there. It begins each search where the last one ended. */
export function largest_curvature(shape, data, labels, train, tanh, room) {
  const rows = Int32Array.from({ length: Math.min(ROWS, train) }, (_, i) => i);
  const work = scratch(shape, rows.length, room);
  const random = stream(0, "points");
  const v = Float64Array.from({ length: shape.size }, (_, i) => random(i) - 0.5);
  const moved = room.floats(shape.size);
  const ahead = new Float64Array(shape.size);

  const gradient_at = (w, nudge) => {
    for (let i = 0; i < moved.length; i++) moved[i] = w[i] + nudge * v[i];
    loss_and_gradient(moved, shape, data, labels, rows, tanh, work);
  };

  /** The eigenvalue of largest size of the Hessian plus `shift`, less the shift. */
  function iterated(w, shift) {
    let value = NaN;
    for (let round = 0; round < ROUNDS; round++) {
      const size = length_of(v);
      for (let i = 0; i < v.length; i++) v[i] /= size || 1;
      gradient_at(w, NUDGE);
      ahead.set(work.grad);
      gradient_at(w, -NUDGE);
      value = 0;
      for (let i = 0; i < v.length; i++) {
        moved[i] = (ahead[i] - work.grad[i]) / (2 * NUDGE);
        value += v[i] * moved[i]; // Rayleigh's quotient
        moved[i] += shift * v[i];
      }
      if (!Number.isFinite(value)) return NaN;
      v.set(moved);
    }
    return value;
  }

  return (w) => {
    const value = iterated(w, 0);
    return value < 0 ? iterated(w, -value) : value; // else a negative one hides it
  };
}
