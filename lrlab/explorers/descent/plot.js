// The pictures of a descent: the loss with the path on it, and what changes from step to step.

import { each_of } from "../shared/dom.js";
import { clamp, finite, number, superscript } from "../shared/numbers.js";
import { STEP, cursor, dot, heights, line, px } from "../shared/marks.js";
import { decades, linear, round_values, spread, step_scale } from "../shared/scales.js";
import { visible } from "./text.js";

const LONG = 100; // points; beyond, the lines between them would hide where they lead
export const HEAD = 26; // pixels above each picture, and below it
export const FOOT = 42;

/** Scales of a map: from a view of the landscape to `width` and `height` pixels. */
export const map_scales = ([across, up], width, height) => ({
  x: linear(across, [0, width], round_values(...across, width / 55)),
  y: linear(up, [height, 0], round_values(...up, height / 45)),
});

/** The head of an arrow at a place, along a way: a path at its place, as what has a transform of its own is a layer of its own. */
function head(looks, [x, y], [dx, dy], long, half) {
  const [along, up] = [dx, dy].map((part) => part / Math.hypot(dx, dy));
  const corner = (side) => `${px(x - long * along - side * up)} ${px(y - long * up + side * along)}`;
  return `<path class="${looks}" d="M${px(x)} ${px(y)}L${corner(-half)}L${corner(half)}Z"/>`;
}

/** Where the path leaves the picture: an arrow on the frame, and the step. */
function exit(points, step, { width, height }) {
  if (step < 1 || step >= points.length) return "";
  const [from, to] = [points[step - 1], points[step].map((value) => clamp(value, -1e5, 1e5))];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const reach = (start, by, end) => (by > 0 ? (end - start) / by : by < 0 ? -start / by : Infinity);
  const share = clamp(Math.min(reach(from[0], dx, width), reach(from[1], dy, height)), 0, 1);
  const [x, y] = [from[0] + share * dx, from[1] + share * dy];
  const right = x > width / 2;
  const below = y < 24 ? 22 : -10;
  return `${head("exit", [x, y], [dx, dy], 13, 7)}
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

const way = (points, extra = "") => {
  const all = points.map(([x, y]) => `${px(x)} ${px(y)}`);
  return `<path class="way" ${extra} d="${all.length > 1 ? `M${all.join("L")}` : ""}"/>
    <path class="spots" d="${all.length ? `M${all.join("h.01M")}h.01` : ""}"/>`;
};

/** Where the ball is that has done a share of its way from one of `points` to the next. */
export function ball_at(points, at, share) {
  const [from, to] = [at, at + 1].map((n) => points[Math.min(n, points.length - 1)]);
  const eased = share * share * (3 - 2 * share);
  const [cx, cy] = from.map((value, i) => px(value + eased * (clamp(to[i], -1e4, 1e4) - value)));
  return { cx, cy };
}

/**
 * The landscape and one path, at step `at` of it; where the ball is, `ball_at` says. Returns where each step is, in pixels
 * of the frame.
 */
export function draw_map(plot, { place, f, view, width, height, run, at, verdict, style }) {
  const { x, y } = map_scales(view, width, height);
  const flat = place.dim === 1;
  const spot = (where) => [x(where[0]), y(flat ? f.height(where) : where[1])];
  const points = run.path.map(spot);
  const long = run.path.filter((where) => visible(where, view)).length > LONG;
  const along = Float64Array.from({ length: flat ? 401 : 0 }, (_, i) => (width * i) / 400);
  const curve = flat
    ? line(
        "curve",
        along,
        along.map((pixel) => y(f.height([x.back(pixel)]))),
      )
    : "";
  const crosses = place.minima
    .map(spot)
    .filter(([i, j]) => i > 0 && i < width && j > 0 && j < height)
    .map(([i, j]) => `M${px(i - 4)} ${px(j)}h8M${px(i)} ${px(j - 4)}v8`);
  const visits = verdict.visits.filter((visit) => place.minima.length > 1 && visit.step <= at);
  const [left, top] = points[Math.min(at, points.length - 1)];
  plot.draw({
    x,
    x_title: 'parameter <tspan class="var">x</tspan>',
    panels: [
      {
        title: flat ? "loss" : 'parameter <tspan class="var">y</tspan>',
        head: HEAD,
        y,
        height,
        grid: false,
        inside: [
          `${curve}<path class="minima" d="${crosses.join("")}"/>`,
          `<g class="${style}${long ? " long" : ""}"><g class="later">${at < points.length - 1 ? way(points.slice(at)) : ""}</g>
            ${way(points.slice(0, at + 1), "data-path")}${long ? newest(points, arrivals(run.lr, Math.min(at, points.length - 1))) : ""}
            ${next_step([left, top], points[at + 1])}
            ${numbers(visits, place.minima, spot)}
            ${verdict.kind === "diverging" && verdict.left <= at ? exit(points, verdict.left, { width, height }) : ""}</g>`,
          ["ball", () => `<circle class="ball ${style}" r="6.5"/>`], // a layer that is made once: view.js moves the ball
        ],
      },
    ],
  });
  return points;
}

/** Where a long path arrives: before each restart of the rate, and at step `at`. */
const arrivals = (rates, at) => [
  ...Array.from(rates.keys()).filter((n) => n > 0 && n < at && rates[n] > 2 * rates[n - 1]),
  at,
];

/** A long path's ways into each place where it arrives, strong, and these places: the rest is only how it came there. */
function newest(points, ends) {
  const into = (end) => points.slice(Math.max(0, end - 8), end + 1).map(([x, y]) => `${px(x)} ${px(y)}`);
  return each_of(
    ends,
    (end, i) =>
      `<path class="newest" d="M${into(end).join("L")}"/>${
        i < ends.length - 1
          ? `<circle class="arrival" r="4.5" cx="${px(points[end][0])}" cy="${px(points[end][1])}"/>`
          : ""
      }`,
  );
}

/** The step that comes next, as an arrow from the ball. */
function next_step([x, y], there) {
  if (!there) return "";
  const [i, j] = there.map((value) => clamp(value, -1e4, 1e4));
  if (Math.hypot(i - x, j - y) < 14) return ""; // the ball would hide it
  return `<path class="step" d="M${px(x)} ${px(y)}L${px(i)} ${px(j)}"/>${head("head", [i, j], [i - x, j - y], 10, 5)}`;
}

/** Lines across at values with names, kept apart: `levels` are names with values. */
function across(levels, y, width, height) {
  const seen = levels.filter(([, value]) => y(value) >= 0 && y(value) <= height);
  const places = spread(
    seen.map(([, value]) => y(value)),
    14,
    height,
  );
  return each_of(
    seen,
    ([name, value], i) => `<path class="level" d="M0 ${px(y(value))}H${width + 4}"/>
      <text class="tick" x="${width + 8}" y="${px(places[i])}" dy=".35em">${name}</text>`,
  );
}

const power = (value) => (value > 9999 ? `10${superscript(Math.round(Math.log10(value)))}` : number(value));

/**
 * A value against the step on a logarithmic axis from 10^low to 10^high; beyond those a line goes on out of sight.
 * `lines`: values and style of each. `levels`: name and value of lines across.
 */
export function draw_steps(plot, { title, name, lines, steps, low, high, at, levels, stairs = false, width, height }) {
  const x = step_scale(steps, width);
  const y = decades(low, high, height);
  const drawn = lines.map(({ values, style }) => {
    // A rate holds until the next step, the last one too.
    const all = stairs ? [...values, values.at(-1)] : values;
    const xs = Float64Array.from(all, (_, n) => x(n));
    const now = Math.min(at, values.length - 1);
    const highest = finite(values).reduce((a, b) => Math.max(a, b), 0);
    const beyond =
      highest > 10 ** high
        ? `<text class="name ${style}" x="${width}" y="4" dy=".7em" text-anchor="end">up to ${number(highest, 1)} ↑</text>`
        : "";
    return [
      line(style, xs, heights(y, all, height), { name, stairs }),
      (values.length ? dot(style, x(now), y(values[now]), height) : "") + beyond,
    ];
  });
  plot.draw({
    x,
    x_title: STEP,
    panels: [
      {
        title,
        head: HEAD,
        y,
        height,
        words: power,
        inside: drawn.map(([path]) => path),
        over: across(levels, y, width, height) + cursor(x(at), height) + each_of(drawn, ([, marks]) => marks),
      },
    ],
  });
}
