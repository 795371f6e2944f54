// The marks of a plot: lines, areas, dots, labels. Each takes pixels, and returns markup for a chart's panels (plot.js).

import { each_of } from "./dom.js";
import { clamp } from "./numbers.js";
import { spread } from "./scales.js";

export const STEP = 'step <tspan class="var">n</tspan>';
// Around the point at which a path is. What has a transform or an opacity of its own, the browser paints on its own: marks
// are paths that begin elsewhere, and style sheets make fills and strokes transparent, not elements.
export const SHAPES = {
  circle: "m4.5 0a4.5 4.5 0 1 1-9 0 4.5 4.5 0 1 1 9 0z",
  square: "m-4-4h8v8h-8z",
  up: "m0-5.5l5 9.5h-10z",
  down: "m-5-4h10l-5 9.5z",
  diamond: "m0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z",
  cross: "m-4.5-4.5l9 9m-9 0l9-9",
};

/** A pixel as text; what diverges leads to 10^150, which no browser draws. */
export const px = (value) => String(Math.round(10 * clamp(value, -1e5, 1e5)) / 10);

/** The pixels of values; what lies outside goes on just out of sight, and NaN stays NaN. */
export function heights(y, values, height) {
  const pixels = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) pixels[i] = clamp(y(values[i]), -30, height + 30);
  return pixels;
}

/** Which of `ys` to draw: of each pixel's points the lowest and the highest; null for all. */
function thinned(xs, ys) {
  const size = Math.ceil(ys.length / Math.max(1, Math.abs(xs[ys.length - 1] - xs[0])));
  if (!(size > 2)) return null;
  const chosen = [];
  for (let start = 0; start < ys.length; start += size) {
    let [low, high] = [start, start];
    for (let n = start; n < Math.min(start + size, ys.length); n++) {
      if (ys[n] < ys[low] || Number.isNaN(ys[low])) low = n;
      if (ys[n] > ys[high] || Number.isNaN(ys[high])) high = n;
    }
    chosen.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
  }
  if (chosen[chosen.length - 1] !== ys.length - 1) chosen.push(ys.length - 1);
  return chosen;
}

/** The data of a path through points, with a gap where one is NaN; `stairs`: each value stays until the next. */
export function path(xs, ys, stairs = false) {
  const chosen = thinned(xs, ys);
  const many = (chosen ?? ys).length;
  let d = "";
  let open = false;
  for (let k = 0; k < many; k++) {
    const i = chosen ? chosen[k] : k;
    if (Number.isNaN(ys[i])) {
      open = false;
      continue;
    }
    const x = px(xs[i]);
    const y = px(ys[i]);
    d += open ? (stairs ? `H${x}V${y}` : `L${x} ${y}`) : `M${x} ${y}`;
    open = true;
  }
  return d;
}

export const line = (looks, xs, ys, { name = "", stairs = false, more = "" } = {}) =>
  `<path class="line ${looks}" ${name && `data-line="${name}"`} ${more} d="${path(xs, ys, stairs)}"/>`;

const COLORS = ["blue", "vermilion", "green", "purple", "orange", "neutral"];

/**
 * The colours of schedules, whose looks lrlab/palette.py gave by their kinds: each has its own, as in every figure, unless
 * one before it has it. Those and schedules of no kind get what is free.
 */
export function colors(looks) {
  const free = Object.keys(COLORS).filter((one) => !looks.includes(Number(one)));
  const own = (look, i) => look !== null && looks.indexOf(look) === i;
  return looks.map((look, i) => `var(--${COLORS[own(look, i) ? look : Number(free.shift())]})`);
}

/** Give the variables called `keys` the colours of schedules with these looks; one that stays costs no new styles. */
export const dress = (el, keys, looks) =>
  colors(looks).forEach((color, i) => {
    if (el.style.getPropertyValue(`--${keys[i]}`) !== color) el.style.setProperty(`--${keys[i]}`, color);
  });

/** The looks of lines that have no names of their own: a colour and dashes, in turn, alike in 42 at the earliest. */
export const look = (place) => `series-${place % 6} dash-${place % 7}`;

/** Whether the rate stays for a while after each change, so that it is drawn as stairs. static_svg.py asks the same. */
export function is_stairs(values) {
  let changes = 0;
  for (let n = 1, before = false; n < values.length; n++) {
    const now = values[n] !== values[n - 1];
    if (now && before) return false;
    changes += Number(now);
    before = now;
  }
  return changes > 0;
}

/** The area between two lines, where both are finite. */
export function area(looks, xs, lows, highs) {
  const there = Array.from(lows.keys()).filter((i) => Number.isFinite(lows[i] + highs[i]));
  const along = (ys) => (i) => `${px(xs[i])} ${px(ys[i])}`;
  const d = [...there.map(along(lows)), ...there.reverse().map(along(highs))].join("L");
  return `<path class="area ${looks}" d="${d && `M${d}Z`}"/>`;
}

/** One of SHAPES at a point; nothing where the point is outside [0, height]. */
export const mark = (looks, shape, x, y, height = Infinity, more = "") =>
  y >= -1 && y <= height + 1
    ? `<path class="${shape === "cross" ? "cross" : "mark"} ${looks}" d="M${px(x)} ${px(y)}${SHAPES[shape]}" ${more}/>`
    : "";
export const dot = (looks, x, y, height) => mark(looks, "circle", x, y, height);

/** Small dots at points: lines of next to no length, as Firefox misplaces those of none on a zoomed page (a slide). */
export const spots = (looks, xs, ys) =>
  `<path class="spots ${looks}" d="${each_of(xs, (x, i) => (Number.isFinite(ys[i]) ? `M${px(x)} ${px(ys[i])}h.01` : ""))}"/>`;

export const ring = (x, y, met) =>
  Number.isFinite(y) ? `<circle class="ring${met ? " met" : ""}" cx="${px(x)}" cy="${px(y)}" r="10"/>` : "";
export const cursor = (x, height) => `<path class="cursor" d="M${px(x)} -4V${height}"/>`;

/** Names at the lines' ends, kept apart: `ends` are their looks, words and heights. */
export function end_labels(ends, width, height) {
  const froms = ends.map(({ y }) => clamp(y, 0, height));
  const places = spread(froms, 16, height);
  return each_of(
    ends,
    (
      { look: looks, words },
      i,
    ) => `<path class="lead" d="M${width + 8} ${px(froms[i])}L${width + 17} ${px(places[i])}"/>
      <text class="name ${looks}" x="${width + 21}" y="${px(places[i])}" dy=".35em">${words}</text>`,
  );
}

/** A line's look beside its name in a list or a table. */
export const sample = (looks, shape = "") => `<svg class="sample" viewBox="-19 -7 38 14" aria-hidden="true">
  <path class="line ${looks}" d="M-19 0H19"></path>${shape && `<path class="mark ${looks}" d="${SHAPES[shape]}"></path>`}</svg>`;

// Something unseen, larger than the picture: else what is drawn would reach now further, now less far than before, and the
// browser would sort the whole page into layers again.
export const EXTENT = '<rect x="-100%" y="-100%" width="300%" height="300%" fill="#0000" pointer-events="none"/>';
