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
import { EXTENT, px } from "./marks.js";
import { number } from "./numbers.js";

/** @typedef {import("./types").Scale} Scale */

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

const FRAME = (panel) => `<g><g></g><svg class="clip">${"<g></g>".repeat(panel.inside?.length ?? 0)}${EXTENT}</svg>
  <g data-over></g>${EXTENT}</g>`;
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
      put(node, { transform: `translate(${left} ${tops[i]})` });
      const more = panel.grid === false ? 0 : MORE;
      const sides = { width: width + 2 * more, height: panel.height + more + Number(more > 0) };
      put(clip, { x: -more, y: -more, ...sides, viewBox: `${-more} ${-more} ${sides.width} ${sides.height}` });
      // Scales that are kept from drawing to drawing have the axes kept, too.
      const before = drawn?.panels[i];
      if (frames !== shape || before?.y !== panel.y || before.title !== panel.title || drawn.x !== drawing.x)
        fill(axis, axes(panel, drawing, width, left, i === panels.length - 1));
      panel.inside?.forEach((layer, k) => {
        fill_layer(clip.children[k], layer);
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
