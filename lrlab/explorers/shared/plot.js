// The plot kit: panels over one horizontal axis, drawn as SVG. A picture takes four steps:
//
//   const plot = chart(view.find(".plot"));                 // once; the page holds <svg class="plot" role="img" …>
//   const { width } = plot.room({ left: 52, right: 14 });   // pixels for data between the margins, at each drawing
//   const x = step_scale(last, width);                      // scales.js: step_scale, rate_scale, linear, vertical, around
//   const y = vertical({ highest, lowest, log, height });
//   plot.draw({ x, x_title: STEP, panels: [{ title: "loss", y, height, inside: [
//     [key, () => pinned.map((run) => line(run.look, xs, heights(y, run.loss))).join("")],  // drawn again when `key` changes
//     seeds.map((loss) => line(`${look(0)} thin`, xs, heights(y, loss))).join(""),             // drawn again when it differs
//     area(look(0), xs, heights(y, low), heights(y, high)) + line(look(0), xs, heights(y, mean)),
//   ], over: cursor(x(step), height) + dot(look(0), x(step), y(mean[step]), height) + end_labels(ends, width, height) }] });
//   plot.follow((place) => read(place.x), { hover: true }); // place.x and place.y are data
//
// A look is a class: it sets --own, a colour, and --dashes. `look(0)`, `look(1)`, … are in style.css, an explorer's own in
// its style sheet; `thin` and `faint` go with any. Lines of more points than pixels are thinned. Call `plot.draw` from
// the `draw` of view.js, which runs once for several changes, and once a frame where `view.soon` asks for it.

import { each_of, fill, put, width_of } from "./dom.js";
import { clamp, number } from "./numbers.js";
import { spread } from "./scales.js";

/** @typedef {import("./types").Scale} Scale */

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

// ---- marks: each takes pixels, and returns markup ------------------------------------------------------------------

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

// ---- the chart -----------------------------------------------------------------------------------------------------

/** The ticks of an axis not nearer to each other than their words are high. */
function legible(y) {
  const ticks = y.ticks.filter((tick) => Number.isFinite(y(tick)));
  const gap = ticks.length > 1 ? Math.ceil(13 / Math.abs(y(ticks[1]) - y(ticks[0]))) : 1;
  return ticks.filter((_, i) => (ticks.length - 1 - i) % gap === 0);
}

/** The axes of a panel; the lowest has the words of the horizontal one below it. */
function axes({ title = "", above = 0, y, height, words = number, grid = true }, drawing, width, left, lowest) {
  const { x, x_words = number, x_title } = drawing;
  const across = each_of(legible(y), (tick) => {
    const at = px(y(tick));
    return `<path class="grid" d="M0 ${at}${grid ? `H${px(width)}` : "h-5"}"/>
      <text class="tick" x="-8" y="${at}" dy=".35em" text-anchor="end">${words(tick)}</text>`;
  });
  const along = each_of(x.ticks, (tick) => {
    const text = String(x_words(tick));
    const anchor = x(tick) + 4 * text.length > width + 14 ? "end" : "middle";
    return `<path class="grid" d="M${px(x(tick))} ${height}v5"/>${
      lowest ? `<text class="tick" x="${px(x(tick))}" y="${height + 18}" text-anchor="${anchor}">${text}</text>` : ""
    }`;
  });
  return `<text class="title" x="${6 - left}" y="${-12 - above}">${title}</text>${across}${along}
    <path class="base" d="M0 ${height}H${px(width)}${grid ? "" : "V0H0Z"}"/>
    ${lowest ? `<text class="title" x="${px(width / 2)}" y="${height + 35}" text-anchor="middle">${x_title}</text>` : ""}`;
}

function fill_layer(node, layer) {
  if (typeof layer === "string") return fill(node, layer);
  const [key, make] = layer;
  if (node.key !== key) fill(node, make());
  node.key = key;
  return undefined;
}

const FRAME = (panel) => `<g><g></g><svg class="clip"><g>${"<g></g>".repeat(panel.inside?.length ?? 0)}</g></svg>
  <g data-over></g></g>`;
const MORE = 6; // pixels around a panel without a frame in which a thick line is still seen

/** @param {SVGSVGElement} svg */
export function chart(svg) {
  let shape = "";
  let margin = { left: 52, right: 14, foot: 42, width: 0 };
  /** @type {import("./types").Drawing} */
  let drawn;
  let tops = [];

  /** The pixels between the margins. */
  function room({ left = 52, right = 14, foot = 42, least = 280 } = {}) {
    const whole = Math.max(least, width_of(svg) || 700);
    margin = { left, right, foot, width: whole - left - right };
    return { width: margin.width, narrow: whole < 560 };
  }

  /** @param {import("./types").Drawing} drawing */
  function draw(drawing) {
    const { left, right, foot, width } = margin;
    const { panels } = drawing;
    let height = 0;
    tops = panels.map((panel, i) => {
      const top = height + (panel.head ?? (i ? 34 : 26));
      height = top + panel.height;
      return top;
    });
    const frames = panels.map(FRAME).join("");
    if (shape !== frames) svg.innerHTML = frames;
    put(svg, { viewBox: `0 0 ${left + width + right} ${height + foot}` });
    panels.forEach((panel, i) => {
      const node = svg.children[i];
      const [axis, clip, over] = node.children;
      const inside = clip.children[0];
      put(node, { transform: `translate(${left} ${tops[i]})` });
      const more = panel.grid === false ? 0 : MORE;
      put(clip, { x: -more, y: -more, width: width + 2 * more, height: panel.height + more + Number(more > 0) });
      put(inside, { transform: `translate(${more} ${more})` });
      // Scales that are kept from drawing to drawing have the axes kept, too.
      const before = drawn?.panels[i];
      if (frames !== shape || before?.y !== panel.y || before.title !== panel.title || drawn.x !== drawing.x)
        fill(axis, axes(panel, drawing, width, left, i === panels.length - 1));
      panel.inside?.forEach((layer, k) => {
        fill_layer(inside.children[k], layer);
      });
      fill(over, panel.over ?? "");
    });
    shape = frames;
    drawn = drawing;
  }

  /** @returns {import("./types").Place} */
  function place({ clientX, clientY }) {
    const box = svg.getBoundingClientRect();
    const scale = (margin.left + margin.width + margin.right) / box.width;
    const y = (clientY - box.top) * scale;
    const panel = Math.max(
      0,
      tops.findLastIndex((top, i) => y >= top - (drawn.panels[i].head ?? 26)),
    );
    const left = (clientX - box.left) * scale - margin.left;
    const top = y - tops[panel];
    return { panel, left, top, x: drawn.x.back(left), y: drawn.panels[panel].y.back(top) };
  }

  /** Call `go` with the place of a pointer: of one that is pressed, or, with `hover`, that passes by. */
  function follow(go, { hover = false } = {}) {
    svg.addEventListener("pointerdown", (event) => {
      if (!hover) svg.setPointerCapture(event.pointerId);
      go(place(event));
    });
    svg.addEventListener("pointermove", (event) => {
      if (hover || event.buttons & 1) go(place(event));
    });
  }

  return { room, draw, place, follow };
}
