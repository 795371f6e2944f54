// Random numbers that Python and the page have in common: the n-th number of a stream is a hash of seed, stream and n,
// in 32-bit integers alone, so both get the same bits. The hash is PCG's output function (RXS-M-XS, 32 bits), as in
// Jarzynski and Olano 2020, "Hash Functions for GPU Rendering". generator.py is its twin.

const WORD = 2 ** 32;

const pcg = (value) => {
  const state = (Math.imul(value, 747796405) + 2891336453) | 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
  return ((word >>> 22) ^ word) >>> 0;
};

// What the numbers are for, so that no use of a seed touches another.
export const STREAMS = { weights: 1, order: 2, noisy: 3, labels: 4, points: 5 };

/** The function from n to the n-th number of a stream, >= 0 and < 1. */
export function stream(seed, use) {
  const key = pcg(pcg(seed) + STREAMS[use]);
  return (n) => pcg(key + n) / WORD;
}

/** The whole numbers below `length` in random order (Fisher and Yates), by the numbers from `start` on. */
export function shuffled(length, random, start) {
  const order = new Int32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random(start + i) * (i + 1));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
