// The landscape below the path: what of it is in the picture, and its contours.

import { clamp } from "../shared/numbers.js";

const BANDS = 14;

/** The bounds, stretched to a start outside. */
export const stretch = (bounds, start) =>
  bounds.map(([low, high], i) => {
    const margin = start[i] < low || start[i] > high ? 0.05 * (high - low) : 0;
    return [Math.min(low, start[i] - margin), Math.max(high, start[i] + margin)];
  });

/**
 * The part of the landscape in the picture. One parameter has the loss as its height; two have the same scale along both,
 * so that a gradient is square to its contour.
 */
export function view_of(seen, f, width, height) {
  if (seen.length === 1) {
    const [low, high] = seen[0];
    const heights = Array.from({ length: 401 }, (_, i) => f.height([low + ((high - low) * i) / 400]));
    const least = Math.min(...heights);
    const highest = Math.max(...heights);
    const margin = 0.06 * (highest - least);
    return [seen[0], [least - margin, highest + margin]];
  }
  const scale = Math.max((seen[0][1] - seen[0][0]) / width, (seen[1][1] - seen[1][0]) / height);
  return seen.map(([low, high], i) => {
    const middle = (low + high) / 2;
    const half = (scale * [width, height][i]) / 2;
    return [middle - half, middle + half];
  });
}

// From the lowest loss to the highest, even in lightness, and told apart by those who see no red or no green.
const RELIEF = {
  light: [
    [255, 249, 224],
    [222, 225, 218],
    [163, 180, 207],
  ],
  dark: [
    [74, 68, 44],
    [44, 50, 56],
    [20, 27, 42],
  ],
};

/** How high a loss stands among all in the picture, from 0 to 1: between `levels`, of which each band covers the same area. */
function rank_of(loss, levels) {
  let band = 0;
  while (band < levels.length && loss >= levels[band]) band++;
  const low = levels[band - 1] ?? loss;
  const high = levels[band] ?? loss;
  const part = high > low && band > 0 && band < levels.length ? (loss - low) / (high - low) : band === 0 ? 1 : 0;
  return (band + part) / (levels.length + 1);
}

/** The relief in colours, light from the upper left, and contours on it: the address of an image. */
export function painted_ground(f, view, width, height, dark) {
  /** @type {any} */
  const canvas = document.createElement("canvas");
  const sharp = Math.min(2, window.devicePixelRatio || 1);
  const w = Math.round(width * sharp);
  const h = Math.round(height * sharp);
  Object.assign(canvas, { width: w, height: h });
  const [[left, right], [bottom, top]] = view;
  const at = (i, j) => f.height([left + ((right - left) * i) / w, top - ((top - bottom) * j) / h]);
  const cell = 4;
  const columns = Math.ceil(w / cell);
  const rows = Math.ceil(h / cell);
  const grid = Array.from({ length: rows + 1 }, (_, j) =>
    Float64Array.from({ length: columns + 1 }, (_, i) => at(i * cell, j * cell)),
  );
  const sorted = Float64Array.from(grid.flatMap((row) => [...row])).sort();
  const levels = Array.from({ length: BANDS - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / BANDS)]);

  const context = canvas.getContext("2d");
  const image = context.createImageData(w, h);
  const [low, middle, high] = RELIEF[dark ? "dark" : "light"];
  const above = new Float64Array(w);
  for (let j = 0; j < h; j++) {
    let before = 0;
    for (let i = 0; i < w; i++) {
      const rank = rank_of(at(i + 0.5, j + 0.5), levels);
      const slope = (i ? before - rank : 0) + (j ? above[i] - rank : 0); // down to the lower right: in the shade
      const shade = 1 - clamp(6 * sharp * slope, -0.09, 0.09);
      const [from, to, part] = rank < 0.5 ? [low, middle, 2 * rank] : [middle, high, 2 * rank - 1];
      for (let k = 0; k < 3; k++) image.data[4 * (j * w + i) + k] = shade * (from[k] + part * (to[k] - from[k]));
      image.data[4 * (j * w + i) + 3] = 255;
      above[i] = rank;
      before = rank;
    }
  }
  context.putImageData(image, 0, 0);
  context.lineWidth = 0.7 * sharp;
  context.strokeStyle = dark ? "rgb(255 255 255 / 0.22)" : "rgb(0 0 0 / 0.25)";
  context.beginPath();
  for (const level of levels) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) contour(context, grid, level, i, j, cell);
    }
  }
  context.stroke();
  return canvas.toDataURL();
}

/** Marching squares: where the level crosses the sides of one cell, joined two by two. */
function contour(context, grid, level, i, j, cell) {
  const corners = [grid[j][i], grid[j][i + 1], grid[j + 1][i + 1], grid[j + 1][i]];
  const places = [
    [i, j],
    [i + 1, j],
    [i + 1, j + 1],
    [i, j + 1],
  ];
  const crossed = [];
  corners.forEach((from, k) => {
    const to = corners[(k + 1) % 4];
    if (from < level === to < level) return;
    const share = (level - from) / (to - from);
    const [a, b] = [places[k], places[(k + 1) % 4]];
    crossed.push([(a[0] + share * (b[0] - a[0])) * cell, (a[1] + share * (b[1] - a[1])) * cell]);
  });
  for (let k = 0; k + 1 < crossed.length; k += 2) {
    context.moveTo(...crossed[k]);
    context.lineTo(...crossed[k + 1]);
  }
}

/** The corners of a view, for its highest loss. */
export const corners = ([x, y], dim) =>
  dim === 1 ? x.map((one) => [one]) : x.flatMap((one) => y.map((other) => [one, other]));
