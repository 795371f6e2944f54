// The pictures of a descent: the loss with the path on it, and what changes from step to step.

import { fill, number, put, spread } from "../shared/old_controls.js";
import { numeral, visible } from "./text.js";

const px = (value) => Math.round(Math.max(-1e5, Math.min(1e5, value)) * 10) / 10; // a diverging path goes to 10^150
const BANDS = 14;
const LONG = 100; // points; beyond, the lines between them would hide where they lead

/** Round numbers between two ends, about `wanted` of them. */
export function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const gap = [1, 2, 5, 10].map((nice) => nice * unit).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / gap - 1e-9);
  return Array.from({ length: Math.floor(high / gap + 1e-9) - first + 1 }, (_, i) =>
    Number(((first + i) * gap).toPrecision(12)),
  );
}

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
export function viewOf(seen, f, width, height) {
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

/** Contours on bands, the lowest clear and the highest darkest, each covering the same area. In black: CSS turns it. */
export function paintGround(canvas, f, view, width, height) {
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
  for (let j = 0; j < h; j++) {
    for (let i = 0; i < w; i++) {
      const loss = at(i + 0.5, j + 0.5);
      let band = 0;
      while (band < levels.length && loss >= levels[band]) band++;
      image.data[4 * (j * w + i) + 3] = 5.2 * band;
    }
  }
  context.putImageData(image, 0, 0);
  context.lineWidth = 0.7 * sharp;
  context.strokeStyle = "rgb(0 0 0 / 0.3)";
  context.beginPath();
  for (const level of levels) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) contour(context, grid, level, i, j, cell);
    }
  }
  context.stroke();
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

const fill_layer = (svg, name, markup) => fill(svg.querySelector(`[data-layer=${name}]`), markup);

/** The layers of a picture, what is clipped between what is not. */
export const layers =
  '<g><g data-layer="axes"/><svg class="clip"><g data-layer="still"/><g data-layer="moving"/></svg><g data-layer="over"/></g>';

function frame(svg, width, height, box, inner, style) {
  put(svg, { viewBox: `0 0 ${width} ${height}` });
  put(svg.firstElementChild, { transform: `translate(${box.left} ${box.top})` });
  put(svg.querySelector(".clip"), { width: inner.width, height: inner.height, class: `clip ${style}` });
}

const axis = (marks, x, y, inner, words) =>
  [
    ...marks[0].map(
      (mark) => `<path class="grid" d="M${px(x(mark))} ${inner.height}v5"/>
    <text class="tick" x="${px(x(mark))}" y="${inner.height + 17}" text-anchor="middle">${words(mark)}</text>`,
    ),
    ...marks[1].map(
      (mark) => `<path class="grid" d="M0 ${px(y(mark))}h-5"/>
    <text class="tick" x="-8" y="${px(y(mark))}" dy=".35em" text-anchor="end">${words(mark)}</text>`,
    ),
  ].join("");

/** From places to the picture's pixels and back. */
export function scales([[left, right], [bottom, top]], { width, height }) {
  return {
    x: (value) => (width * (value - left)) / (right - left),
    y: (value) => (height * (top - value)) / (top - bottom),
    back: (i, j) => [left + ((right - left) * i) / width, top - ((top - bottom) * j) / height],
  };
}

const line = (points) => (points.length > 1 ? `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join("L")}` : "");
const dots = (points) => points.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join("");

/** Where the path leaves the picture: an arrow on the frame, and the step. */
function exit(points, step, { width, height }) {
  if (step < 1 || step >= points.length) return "";
  const [from, to] = [points[step - 1], points[step].map((value) => Math.max(-1e5, Math.min(1e5, value)))];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const reach = (start, by, end) => (by > 0 ? (end - start) / by : by < 0 ? -start / by : Infinity);
  const share = Math.max(0, Math.min(reach(from[0], dx, width), reach(from[1], dy, height), 1));
  const [x, y] = [from[0] + share * dx, from[1] + share * dy];
  const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  const right = x > width / 2;
  const below = y < 24 ? 22 : -10;
  return `<path class="exit" d="M0 0L-13-7V7Z" transform="translate(${px(x)} ${px(y)}) rotate(${turn.toFixed(1)})"/>
    <text class="left" x="${px(x + (right ? -12 : 12))}" y="${px(y + below)}" text-anchor="${right ? "end" : "start"}"
      >leaves at step ${step}</text>`;
}

/** The numbers of the visits, in turn, beside the minima: one label for all visits to the same. */
function numbers(visits, minima, spot) {
  const labels = new Map();
  visits.forEach(({ minimum }, i) => labels.set(minimum, [...(labels.get(minimum) ?? []), i + 1]));
  return [...labels]
    .map(([minimum, turns]) => {
      const [x, y] = spot(minima[minimum]);
      return `<text class="visit" x="${px(x)}" y="${px(y - 11)}" text-anchor="middle">${turns.join(",")}</text>`;
    })
    .join("");
}

/** The landscape and one path. Returns where the path starts, in pixels of the frame. */
export function plotPath(svg, { place, f, view, inner, box, run, at, verdict, style }) {
  const { x, y } = scales(view, inner);
  const flat = place.dim === 1;
  const spot = (where) => [x(where[0]), y(flat ? f.height(where) : where[1])];
  const points = run.path.map(spot);
  const long = run.path.filter((where) => visible(where, view)).length > LONG;
  const marks = [ticks(...view[0], inner.width / 55), ticks(...view[1], inner.height / 45)];
  const curve = flat
    ? `<path class="curve" d="${line(Array.from({ length: 401 }, (_, i) => spot([view[0][0] + ((view[0][1] - view[0][0]) * i) / 400])))}"/>`
    : "";
  const crosses = place.minima
    .map(spot)
    .filter(([i, j]) => i > 0 && i < inner.width && j > 0 && j < inner.height)
    .map(([i, j]) => `M${px(i - 4)} ${px(j)}h8M${px(i)} ${px(j - 4)}v8`)
    .join("");
  const ball = points[Math.min(at, points.length - 1)];

  frame(
    svg,
    inner.width + box.left + box.right,
    inner.height + box.top + box.bottom,
    box,
    inner,
    style + (long ? " long" : ""),
  );
  fill_layer(
    svg,
    "axes",
    `${axis(marks, x, y, inner, numeral)}
    <text class="tick" x="${inner.width}" y="${inner.height + 33}" text-anchor="end">parameter <tspan class="var">x</tspan></text>
    <text class="tick" x="${-box.left + 2}" y="-9">${flat ? "loss" : 'parameter <tspan class="var">y</tspan>'}</text>`,
  );
  fill_layer(svg, "still", `${curve}<path class="minima" d="${crosses}"/>`);
  fill_layer(
    svg,
    "moving",
    `<path class="way later" d="${line(points.slice(at))}"/><path class="spots later" d="${dots(points.slice(at))}"/>
      <path class="way" data-path d="${line(points.slice(0, at + 1))}"/><path class="spots" d="${dots(points.slice(0, at + 1))}"/>
      ${numbers(
        verdict.visits.filter((visit) => place.minima.length > 1 && visit.step <= at),
        place.minima,
        spot,
      )}
      ${verdict.kind === "diverging" && verdict.left <= at ? exit(points, verdict.left, inner) : ""}
      <circle class="ball" r="6.5" cx="${px(ball[0])}" cy="${px(ball[1])}"/>`,
  );
  fill_layer(svg, "over", `<path class="frame" d="M0 0H${inner.width}V${inner.height}H0Z"/>`);
  return points[0];
}

const decade = (d) => (Math.abs(d) < 3 ? number(10 ** d) : `10<tspan dy="-5" font-size="9">${numeral(d)}</tspan>`);

/**
 * A value against the step on a logarithmic axis from 10^low to 10^high; beyond those a line goes on out of sight.
 * `lines`: values and style of each. `levels`: name and value of lines across. Returns pointer → step.
 */
export function plotSteps(svg, { title, lines, steps, low, high, at, levels, stairs = false, width, height, data }) {
  const box = { left: 40, top: 24, right: 50, bottom: 38 };
  const inner = { width: width - box.left - box.right, height: height - box.top - box.bottom };
  const x = (step) => (inner.width * step) / steps;
  const y = (value) => (value > 0 ? (inner.height * (high - Math.log10(value))) / (high - low) : inner.height + 999);
  const gap = Math.ceil((high - low) / (inner.height / 22));
  const decades = Array.from({ length: Math.floor((high - low) / gap) + 1 }, (_, i) => high - i * gap);
  const marks = ticks(0, steps, Math.max(3, inner.width / 60)).filter(Number.isInteger);
  const drawn = lines.map(({ values, style }) => {
    const points = Array.from(values, (value, n) => [x(n), y(value)]);
    const path = stairs ? points.flatMap((point, n) => [point, [x(n + 1), point[1]]]) : points;
    const now = points[Math.min(at, points.length - 1)];
    return [
      `<path class="graph ${style}" data-line="${data}" d="${line(path)}"/>`,
      now && now[1] <= inner.height + 1 && now[1] > -1
        ? `<circle class="mark ${style}" r="4" cx="${px(now[0])}" cy="${px(now[1])}"/>`
        : "",
    ];
  });
  const seen = levels.filter(([, value]) => y(value) >= 0 && y(value) <= inner.height);
  const heights = seen.map(([, value]) => y(value));
  const names = spread(heights, 14, inner.height);
  const across = seen.map(
    ([name], i) => `<path class="level" d="M0 ${px(heights[i])}H${inner.width + 4}"/>
    <text class="tick" x="${inner.width + 8}" y="${px(names[i])}" dy=".35em">${name}</text>`,
  );
  frame(svg, width, height, box, inner, "");
  fill_layer(
    svg,
    "axes",
    `<text class="tick" x="${-box.left + 2}" y="-10">${title}</text>
    ${decades
      .map(
        (d) => `<path class="grid" d="M0 ${px(y(10 ** d))}H${inner.width}"/>
      <text class="tick" x="-8" y="${px(y(10 ** d))}" dy=".35em" text-anchor="end">${decade(d)}</text>`,
      )
      .join("")}
    ${marks
      .map(
        (step) => `<path class="grid" d="M${px(x(step))} ${inner.height}v5"/>
      <text class="tick" x="${px(x(step))}" y="${inner.height + 17}" text-anchor="middle">${step}</text>`,
      )
      .join("")}
    <text class="tick" x="${inner.width}" y="${inner.height + 33}" text-anchor="end">step <tspan class="var">n</tspan></text>
    <path class="base" d="M0 ${inner.height}H${inner.width}"/>${across.join("")}`,
  );
  fill_layer(svg, "moving", drawn.map(([path]) => path).join(""));
  fill_layer(
    svg,
    "over",
    `<path class="cursor" d="M${px(x(at))} 0V${inner.height}"/>${drawn.map(([, mark]) => mark).join("")}`,
  );
  return (clientX) => {
    const { left, width: shown } = svg.getBoundingClientRect();
    return Math.min(
      steps,
      Math.max(0, Math.round(((((clientX - left) * width) / shown - box.left) / inner.width) * steps)),
    );
  };
}
