// Two sets of points in the plane.

import { stream } from "./random.js";

const POINTS = { train: 400, val: 200 };
const SCATTER = 0.08;

/** Points in the plane: `at` makes one of class c from a number t, 0 to 1; then each is moved a little. */
function points(at) {
  const random = stream(0, "points");
  const many = POINTS.train + POINTS.val;
  const labels = Int32Array.from({ length: many }, (_, i) => i % 2);
  const rows = Array.from(labels, (c, i) => {
    const [t, ...shifts] = [0, 1, 2, 3, 4].map((k) => random(5 * i + k));
    const [x, y] = at(c, t);
    return [x + SCATTER * (shifts[0] + shifts[1] - 1), y + SCATTER * (shifts[2] + shifts[3] - 1)];
  });
  return { rows, labels, train: POINTS.train, inputs: 2, classes: 2 };
}

export const PLANE = {
  spirals: () =>
    points((c, t) => {
      const angle = 2 * Math.PI * t + Math.PI * c;
      const radius = 0.15 + 0.85 * t;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
  rings: () =>
    points((c, t) => [0.35 + 0.5 * c].flatMap((r) => [r * Math.cos(2 * Math.PI * t), r * Math.sin(2 * Math.PI * t)])),
};
