// The snapshot explorer's pictures: the cycles, below them the errors, each snapshot's at the end of its cycle; the digits.

import { marks, number, vertical } from "../shared/old_controls.js";
import { error, mistakes, since } from "./text.js";

export const MARKS = {
  own: "M4.5 0A4.5 4.5 0 1 1-4.5 0 4.5 4.5 0 1 1 4.5 0Z",
  growing: "M-4-4H4V4H-4Z",
  choice: "M0-6L6 0 0 6-6 0Z",
  single: "",
};

/** Draws both panels; returns which snapshot is the nearest to a pointer. */
export function plot(svg, run, chosen) {
  const width = Math.max(280, svg.clientWidth || 700);
  const narrow = width < 560;
  const box = { left: 52, top: 26, right: 16, bottom: 58, between: 56 };
  const across = width - box.left - box.right;
  const rates = { height: narrow ? 90 : 110 };
  const errors = { height: Math.min(230, Math.max(150, width * 0.26)) };
  const x = (step) => (across * step) / run.updates;
  const f = (value) => value.toFixed(1);
  const ends = run.ends.map(x);
  const spot = (i, y, mark, more = "") =>
    `<path class="mark ${mark}" d="${MARKS[mark]}" transform="translate(${f(ends[i])} ${f(y)})" ${more}/>`;

  const axis = ({ y, ticks }, height, words) =>
    `${ticks
      .map(
        (tick) => `<path class="grid" d="M0 ${f(y(tick))}H${f(across)}"/>
    <text class="tick" x="-8" y="${f(y(tick))}" dy=".35em" text-anchor="end">${words(tick)}</text>`,
      )
      .join("")}<path class="base" d="M0 ${height}H${f(across)}"/>`;
  const highest = Math.max(...run.rates[1], ...run.single_rates[1], 1e-12);
  const rate = vertical({ highest, log: false, height: rates.height });
  const line = ([steps, values], name) => `<path class="line ${name}" data-line="${name}-rate"
    d="M${steps.map((step, i) => `${f(x(step))} ${f(rate.y(values[i]))}`).join("L")}"/>`;
  const bands = run.ends.map((_, i) =>
    chosen.includes(i + 1)
      ? `<rect class="band" x="${f(i ? ends[i - 1] : 0)}" width="${f(ends[i] - (i ? ends[i - 1] : 0))}" y="0" height="${rates.height}"/>`
      : "",
  );
  // The rate is lowest at the last update of a cycle, where the copy is taken.
  const taken = run.ends.map(
    (
      _,
      i,
    ) => `<g class="taken${chosen.includes(i + 1) ? " in" : ""}" transform="translate(${f(ends[i])} ${rates.height})">
    <circle r="9"/><text text-anchor="middle" dy=".35em">${i + 1}</text></g>`,
  );

  const growing = run.ends.map((_, i) => error(run, mistakes(run, since(run, i + 1))));
  const own = run.own.map((wrong) => error(run, wrong));
  const choice = error(run, mistakes(run, chosen));
  const single = run.single === null ? null : error(run, run.single);
  const percents = vertical({
    highest: Math.max(...own, ...growing, single ?? 0, choice) || 1,
    log: false,
    height: errors.height,
  });
  const level = (value, name) =>
    `<path class="line ${name}" data-line="${name}" d="M0 ${f(percents.y(value))}H${f(across)}"/>`;
  const path = (values, name) =>
    `<path class="line ${name}" data-line="${name}" d="M${values.map((value, i) => `${f(ends[i])} ${f(percents.y(value))}`).join("L")}"/>`;
  const steps = marks(run.updates, narrow ? 4 : 8, (rest) => x(rest) > 40).map(
    (step) => `<path class="grid" d="M${f(x(step))} ${errors.height}v5"/>
    <text class="tick" x="${f(x(step))}" y="${errors.height + 18}" text-anchor="${x(step) > across - 20 ? "end" : "middle"}">${step.toLocaleString("en")}</text>`,
  );

  svg.setAttribute("viewBox", `0 0 ${width} ${box.top + rates.height + box.between + errors.height + box.bottom}`);
  svg.innerHTML = `<g transform="translate(${box.left} ${box.top})"><text x="-44" y="-13">learning rate</text>
    ${axis(rate, rates.height, number)}${bands.join("")}${line(run.single_rates, "single")}${line(run.rates, "own")}${taken.join("")}</g>
    <g transform="translate(${box.left} ${box.top + rates.height + box.between})"><text x="-44" y="-13">error on the validation images, %</text>
    ${axis(percents, errors.height, number)}${steps.join("")}
    <text x="${f(across / 2)}" y="${errors.height + 38}" text-anchor="middle">step (completed updates)</text>
    ${run.ends.map((_, i) => `<path class="drop" d="M${f(ends[i])} ${10 - box.between}V${errors.height}"/>`).join("")}
    ${single === null ? "" : level(single, "single")}${level(choice, "choice")}${path(own, "own")}${path(growing, "growing")}
    ${own.map((value, i) => spot(i, percents.y(value), "own")).join("")}
    ${growing.map((value, i) => spot(i, percents.y(value), "growing")).join("")}
    ${chosen.map((k) => spot(k - 1, percents.y(choice), "choice")).join("")}</g>`;
  return (clientX) => {
    const { left, width: drawn } = svg.getBoundingClientRect();
    const there = ((clientX - left) * width) / drawn - box.left;
    return ends.reduce((found, end, i) => (Math.abs(end - there) < Math.abs(ends[found] - there) ? i : found), 0) + 1;
  };
}

/** Ink on paper; a dark page turns it round by its style. */
export function paint(canvas, run, place) {
  const [height, width] = run.size;
  const size = height * width;
  Object.assign(canvas, { width, height });
  const picture = new ImageData(width, height);
  for (let i = 0; i < size; i++)
    picture.data.set([0, 0, 0, 0].fill(255 - run.pixels[place * size + i], 0, 3).fill(255, 3), 4 * i);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

/** Ten small bars, one for each class, with a line under the right one. */
export function bars(given, label) {
  const one = given.map((p, c) => `M${10 * c + 1.5} 20v${(-19 * p).toFixed(1)}h7V20Z`).join("");
  return `<svg class="bars" viewBox="0 0 ${10 * given.length} 24" preserveAspectRatio="none" aria-hidden="true"><path class="bar" d="${one}"/>
    <path class="base" d="M0 20H${10 * given.length}"/><path class="truth" d="M${10 * label + 1} 22.5h8"/></svg>`;
}
