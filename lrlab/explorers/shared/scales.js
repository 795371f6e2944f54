// From values to pixels and back, and round values for the ticks.

import { clamp } from "./numbers.js";

/**
 * @typedef {import("./types").Scale} Scale
 * @typedef {[number, number]} Ends
 */

/** @type {(ends: Ends, pixels: Ends, ticks?: number[]) => Scale} */
export function linear([low, high], [from, to], ticks = []) {
  const unit = (to - from) / (high - low || 1);
  return Object.assign((value) => from + (value - low) * unit, { back: (pixel) => low + (pixel - from) / unit, ticks });
}

/** @type {(exponents: Ends, pixels: Ends, ticks?: number[]) => Scale} From 10^low to 10^high; 0 is infinitely far, NaN nowhere. */
export function logarithmic(exponents, pixels, ticks = []) {
  const exact = linear(exponents, pixels);
  return Object.assign((value) => exact(value <= 0 ? -Infinity : Math.log10(value)), {
    back: (pixel) => 10 ** exact.back(pixel),
    ticks,
  });
}

const nice = (rough) => {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((digit) => digit * unit).find((size) => size >= rough * (1 - 1e-9)) ?? rough;
};

/** Round numbers between two ends, `many` gaps at most. */
export function round_values(low, high, many) {
  const gap = nice((high - low) / many);
  const first = Math.ceil(low / gap - 1e-9);
  return Array.from({ length: Math.floor(high / gap + 1e-9) - first + 1 }, (_, i) =>
    Number(((first + i) * gap).toPrecision(12)),
  );
}

/** Steps from 0 to `last`, with round ones for ticks, and `last` itself where there is room; `unit` steps are one mark. */
export function step_scale(last, width, unit = 1) {
  const many = clamp(Math.floor(width / 50), 3, 10);
  const marks = round_values(0, last / unit, many).filter(Number.isInteger);
  const digits = String(last).length; // from four on, its word ends at the edge (plot.js), and reaches further back
  const room = ((last / unit - marks[marks.length - 1]) * unit * width) / last > (digits > 3 ? 12 * digits + 8 : 40);
  return linear(
    [0, last],
    [0, width],
    (room && unit === 1 ? [...marks, last] : marks).map((mark) => mark * unit),
  );
}

/** A logarithmic scale along the picture, for learning rates, with a margin, and ticks not nearer than their words need. */
export function rate_scale(low, high, width) {
  const from = Math.log10(low) - 0.06;
  const to = Math.log10(high) + 0.06;
  const scale = logarithmic([from, to], [0, width]);
  const powers = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, i) => Math.ceil(from) + i);
  const gap = Math.ceil((powers.length * 44) / width) || 1;
  const tenths = [1, 2, 5].flatMap((digit) => [Math.floor(from), ...powers].map((power) => digit * 10 ** power));
  const ticks =
    powers.length > 2
      ? powers.filter((_, i) => i % gap === 0).map((power) => 10 ** power)
      : tenths.sort((a, b) => a - b);
  return Object.assign(scale, { ticks: ticks.filter((rate) => scale(rate) >= 0 && scale(rate) <= width) });
}

const TOPS = [1, 1.5, 2, 3, 4, 6, 8, 10];

/** Up the picture: from 0 to a round number at or above `highest`, or in whole decades, eight of them at most. */
export function vertical({ highest, lowest = highest, log = false, height }) {
  if (!log) {
    const unit = 10 ** Math.floor(Math.log10(highest) + 1e-9);
    const top = unit * (TOPS.find((one) => one * unit >= highest * (1 - 1e-9)) ?? 10);
    const gap = [1, 2, 2.5, 5, 10, 20].map((one) => one * (unit / 10)).find((size) => top / size <= 6.01) ?? top;
    const ticks = Array.from({ length: Math.floor(top / gap + 1e-9) + 1 }, (_, i) => i * gap);
    return linear([0, top], [height, 0], ticks);
  }
  const top = Math.ceil(Math.log10(highest) - 1e-9);
  // Eight decades at most: a recurrence that has died away would squeeze the others into a corner.
  return decades(Math.max(top - 8, Math.min(top - 2, Math.floor(Math.log10(lowest) + 1e-9))), top, height);
}

/** Up the picture in decades, from 10^bottom to 10^top. */
export const decades = (bottom, top, height) =>
  logarithmic(
    [bottom, top],
    [height, 0],
    Array.from({ length: top - bottom + 1 }, (_, i) => 10 ** (bottom + i)),
  );

/** Up the picture from a round value at or below `low` to one at or above `high`: for values that are far from 0. */
export function around(low, high, height, many = 4) {
  const gap = nice((high - low || Math.abs(high) || 1) / many);
  const bottom = Math.floor(low / gap + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(high / gap - 1e-9));
  const ticks = Array.from({ length: top - bottom + 1 }, (_, i) => Number(((bottom + i) * gap).toPrecision(12)));
  return linear([bottom * gap, top * gap], [height, 0], ticks);
}

/** Label heights at least `gap` apart and inside [0, height], each as near to its line's end as that allows. */
export function spread(heights, gap, height) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const placed = [...heights];
  order.forEach((i, k) => {
    placed[i] = Math.max(placed[i], k ? placed[order[k - 1]] + gap : 0);
  });
  order.reverse().forEach((i, k) => {
    placed[i] = Math.min(placed[i], k ? placed[order[k - 1]] - gap : height);
  });
  return placed;
}
