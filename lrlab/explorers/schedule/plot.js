// The schedule explorer's picture: rates over the steps and, where a momentum goes with them, the momentum below.

import { fill_layers, marks, number, put, spread, vertical } from "../shared/controls.js";

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

/** The steps to draw: all, or of each pixel's steps those with its lowest and its highest value. */
function thinned(values, width) {
  const size = Math.ceil(values.length / width);
  const kept = [];
  for (let start = 0; start < values.length; start += size) {
    let low = start;
    let high = start;
    for (let n = start; n < Math.min(start + size, values.length); n++) {
      if (values[n] < values[low]) low = n;
      if (values[n] > values[high]) high = n;
    }
    kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
  }
  if (kept.at(-1) !== values.length - 1) kept.push(values.length - 1);
  return kept;
}

function path(values, x, y, width) {
  const stairs = is_stairs(values);
  return thinned(values, width)
    .map((n, i) => {
      const at = `${x(n).toFixed(1)} ${y(values[n]).toFixed(1)}`;
      return i === 0 ? `M${at}` : stairs ? `H${x(n).toFixed(1)}V${y(values[n]).toFixed(1)}` : `L${at}`;
    })
    .join("");
}

function momentum_axis(lines, height) {
  let low = 1;
  let high = 0;
  lines.forEach(({ momentum }) =>
    momentum?.forEach((value) => {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }),
  );
  const size = Math.max(high - low, 0.02);
  const ticks = high > low ? [low, high] : [low];
  return { y: (value) => height * (0.9 - (0.8 * (value - low)) / size), ticks };
}

function rate_axis(lines, log, height) {
  let highest = 0;
  let lowest = Infinity;
  lines.forEach(({ rates }) =>
    rates.forEach((rate) => {
      if (Number.isFinite(rate)) highest = Math.max(highest, rate);
      if (rate > 0) lowest = Math.min(lowest, rate);
    }),
  );
  if (highest === 0) [highest, lowest] = [1, 1]; // nothing to see, but an axis
  return vertical({ highest, lowest, log, height });
}

/** A marker's outline, by the line's key. */
export const MARKERS = {
  now: "M4.5 0A4.5 4.5 0 1 1-4.5 0 4.5 4.5 0 1 1 4.5 0Z",
  A: "M-4-4H4V4H-4Z",
  B: "M0-5.5L5 4H-5Z",
  C: "M0-5.5L5.5 0 0 5.5-5.5 0Z",
  D: "M-5-4H5L0 5.5Z",
};

/** The layers of one panel: the axis, what moves with the schedule, the names at the lines' ends. */
function panel({ lines, of, axis, x, width, height, at, end }) {
  // A rate of 0 has no place on a logarithmic axis, and a rate may be beyond any: just out of sight.
  const y = (value) => Math.min(height + 20, Math.max(-20, axis.y(value)));
  const grid = axis.ticks.map(
    (tick) => `<path class="grid" d="M0 ${axis.y(tick).toFixed(1)}H${width}"/>
    <text class="tick" x="-8" y="${axis.y(tick).toFixed(1)}" dy=".35em" text-anchor="end">${number(tick)}</text>`,
  );
  const shown = lines.filter((line) => of(line));
  const drawn = shown.map(
    (line) => `<path class="line line-${line.key}" data-line="${line.key}"
    d="${path(of(line), x, y, width)}"/>`,
  );
  const marker = ({ key, ...line }, n) => {
    const value = of(line)[n];
    const height_of = axis.y(value);
    return value === undefined || !(height_of <= height + 1 && height_of >= -1)
      ? ""
      : `<path class="mark mark-${key}"
      d="${MARKERS[key]}" transform="translate(${x(n).toFixed(1)} ${height_of.toFixed(1)})"/>`;
  };
  const lasts = shown.map((line) => Math.min(height, Math.max(0, axis.y(of(line).at(-1)))));
  const names = end
    ? spread(lasts, 16, height).map(
        (place, i) => `
    <text class="name name-${shown[i].key}" x="${width + 12}" y="${place.toFixed(1)}" dy=".35em">${shown[i].key}</text>`,
      )
    : [];
  return [
    `${grid.join("")}<path class="base" d="M0 ${height}H${width}"/>`,
    `<path class="cursor" d="M${x(at).toFixed(1)} -4V${height}"/>
    <svg x="-8" y="-8" width="${width + 16}" height="${height + 9}"><g transform="translate(8 8)">${drawn.join("")}</g></svg>
    ${shown.map((line) => marker(line, at)).join("")}`,
    names.join(""),
  ];
}

/**
 * Draw `lines` ({key, rates, momentum}, the last one on top) into `svg`; `ring` marks a rate at the last step. Returns
 * what finds the step nearest to a pointer.
 */
export function chart(svg, { lines, steps, steps_per_epoch, log_y, at, ring }) {
  const width = Math.max(280, svg.clientWidth || 700);
  const narrow = width < 560;
  const left = 58;
  const top = 26;
  const inner = width - left - 44;
  const last = steps - 1;
  const height = Math.round(Math.min(300, Math.max(190, width * 0.34)));
  const x = (step) => (inner * step) / last;
  const momentum = lines.some((line) => line.momentum);
  const low = momentum ? 74 : 0;
  const axis = rate_axis(lines, log_y, height);
  const named = lines.length > 1;
  const upper = panel({ lines, of: (line) => line.rates, axis, x, width: inner, height, at, end: named });
  const lower = momentum
    ? panel({
        lines,
        of: (line) => line.momentum,
        axis: momentum_axis(lines, low),
        x,
        width: inner,
        height: low,
        at,
        end: named,
      })
    : [];
  const circle =
    ring && axis.y(ring.rate) <= height + 1
      ? `<circle class="ring${ring.met ? " met" : ""}" cx="${inner}" cy="${axis.y(ring.rate).toFixed(1)}" r="10"/>`
      : "";
  const foot = height + (momentum ? low + 34 : 0);
  const unit = steps_per_epoch;
  const word = unit > 1 ? "epoch" : "step";
  const room = (rest) => (inner * rest * unit) / last > 32;
  const ticks = marks(last / unit, narrow ? 5 : 10, unit > 1 ? () => false : room).map((mark) => {
    const place = x(mark * unit).toFixed(1);
    return `<path class="grid" d="M${place} ${foot}v5"/>
      <text class="tick" x="${place}" y="${foot + 18}" text-anchor="middle">${mark}</text>`;
  });
  const at_top = (markup = "") => `<g transform="translate(${left} ${top})">${markup}</g>`;
  const below = (markup = "") => `<g transform="translate(${left} ${top + height + 34})">${markup}</g>`;
  put(svg, { viewBox: `0 0 ${width} ${foot + top + 40}` });
  fill_layers(svg, [
    at_top(`<text x="-50" y="-13">learning rate <tspan font-style="italic">η</tspan></text>${ticks.join("")}
      <text x="${inner / 2}" y="${foot + 35}" text-anchor="middle">${word}${
        unit > 1 ? ` (${unit} steps each)` : ' <tspan font-style="italic">n</tspan>'
      }</text>`),
    at_top(upper[0]),
    below(momentum ? `<text x="-50" y="-8">momentum</text>${lower[0]}` : ""),
    at_top(upper[1] + circle),
    below(lower[1]),
    at_top(upper[2]),
    below(lower[2]),
  ]);
  return (clientX) => {
    const box = svg.getBoundingClientRect();
    const step = Math.round(((((clientX - box.left) * width) / box.width - left) / inner) * last);
    return Math.min(last, Math.max(0, step));
  };
}
