// The plane, once the network has seen its points.

import { each_of, fill, put } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { GRID } from "./grid.js";

/** The plane: the probability of the second class behind the points. */
export function draw_boundary(figure, result, set, at, dark) {
  const place = Math.max(
    0,
    result.at.findLastIndex((n) => n <= at),
  );
  const grid = result.grids[place];
  if (!grid) return;
  const canvas = figure.querySelector("canvas");
  const image = new ImageData(GRID.side, GRID.side);
  const [one, other] = dark
    ? [
        [86, 180, 233],
        [240, 128, 60],
      ]
    : [
        [0, 114, 178],
        [194, 85, 0],
      ];
  for (let i = 0; i < grid.length; i++) {
    const p = grid[i];
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = one[k] * (1 - p) + other[k] * p;
    image.data[4 * i + 3] = 40 + 150 * Math.abs(2 * p - 1);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  const share = percent(result.val_accuracy[place]);
  put(canvas, { "aria-label": `decision boundary after update ${result.at[place]}: ${share} right` });
  figure.querySelector("[data-boundary]").textContent = `after update ${result.at[place]}: ${share} right`;
  fill(
    figure.querySelector(".points"),
    each_of(set.rows.slice(0, 200), ([px, py], i) =>
      set.labels[i]
        ? `<rect class="series-1" x="${(px - 0.025).toFixed(3)}" y="${(-py - 0.025).toFixed(3)}" width=".05" height=".05"/>`
        : `<circle class="series-0" cx="${px.toFixed(3)}" cy="${(-py).toFixed(3)}" r=".028"/>`,
    ),
  );
}
