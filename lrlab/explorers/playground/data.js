// What the playground trains on: the digits at 8 x 8, and two sets of points in the plane. data.py is its twin.

import { PLANE } from "./points.js";
import { shuffled, stream } from "./random.js";

const TRAIN = 1437; // of the digits, as in lrlab.data

/**
 * Images row by row, without their zeros: half of the pixels are paper, and what they add is 0.
 * Row i has `values` at `places` from starts[i] to starts[i + 1]. Each begins with one pixel more, which is always 1: its
 * weights are the bias.
 */
function sparse(rows, size) {
  const starts = new Int32Array(rows.length + 1);
  const places = [];
  const values = [];
  rows.forEach((row, i) => {
    places.push(size);
    values.push(1);
    for (let k = 0; k < size; k++) {
      if (row[k] === 0) continue;
      places.push(k);
      values.push(row[k]);
    }
    starts[i + 1] = places.length;
  });
  return { starts, places: Int32Array.from(places), values: Float64Array.from(values) };
}

/** @type {{ pixels: Uint8Array, labels: string }} */
let images;

/** Take the digits (unpack.js), which the data set of that name needs. */
export function take_digits(given) {
  images = given;
}

function digits() {
  const { pixels, labels } = images;
  const rows = Array.from(labels, (_, i) =>
    Array.from({ length: 64 }, (_, k) => ((pixels[32 * i + (k >> 1)] >> (k % 2 ? 0 : 4)) & 15) / 15),
  );
  return { rows, labels: Int32Array.from(labels, Number), train: TRAIN, inputs: 64, classes: 10 };
}

const made = {};

/** A data set: `train` rows to learn from, then those to validate with. */
export function data_set(name) {
  if (!made[name]) {
    const set = name === "digits" ? digits() : PLANE[name]();
    made[name] = { ...set, ...sparse(set.rows, set.inputs), all: set.rows.length };
  }
  return made[name];
}

/** The labels of a run: a share `noise` of those for training is wrong, which ones is up to the seed. */
export function noisy_labels({ labels, train, classes }, noise, seed) {
  const noisy = labels.slice();
  const [chance, other] = [stream(seed, "noisy"), stream(seed, "labels")];
  for (let i = 0; i < train; i++) {
    if (chance(i) < noise) noisy[i] = (noisy[i] + 1 + Math.floor(other(i) * (classes - 1))) % classes;
  }
  return noisy;
}

/** The order of the training rows in one epoch. */
export const epoch_order = (length, seed, epoch) => shuffled(length, stream(seed, "order"), epoch * length);
