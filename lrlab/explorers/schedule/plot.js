// The schedule explorer's picture: rates over the steps and, where a momentum goes with them, the momentum below.

import { each_of } from "../shared/dom.js";
import { clamp, finite } from "../shared/numbers.js";
import { STEP, cursor, end_labels, heights, is_stairs, line, mark, px, ring } from "../shared/marks.js";
import { linear, step_scale, vertical } from "../shared/scales.js";

// A schedule's marker, by its key.
export const MARKERS = { now: "circle", A: "square", B: "up", C: "diamond", D: "down" };
const MOMENTUM = 54; // pixels
const least = (values, start) => values.reduce((a, b) => Math.min(a, b), start);
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);

function momentum_scale(lines, height) {
  const values = lines.flatMap(({ momentum }) => finite(momentum));
  const [low, high] = [least(values, 1), most(values)];
  const size = Math.max(high - low, 0.02);
  return linear([low, low + size], [0.9 * height, 0.1 * height], high > low ? [low, high] : [low]);
}

function rate_axis(lines, log, height) {
  const values = lines.flatMap(({ rates }) => finite(rates));
  const highest = most(values) || 1; // nothing to see, but an axis
  const lowest = values.reduce((a, b) => (b > 0 && b < a ? b : a), highest);
  return vertical({ highest, lowest, log, height });
}

/**
 * Draw `lines` ({key, rates, momentum}, the last one on top) on `plot`, a chart; `ring` marks a rate at the last step,
 * `handles` are to be dragged; `axis`, that of the rates, stands still while one is. Returns it, and where the handles are.
 */
export function draw_schedules(plot, about) {
  const { tall, lines, steps, steps_per_epoch: unit, log_y, at, ring: target, handles, axis } = about;
  const { width } = plot.room({ left: 58, right: 56 });
  const below = lines.some((one) => one.momentum) ? 34 + MOMENTUM : 0;
  const height = Math.round(clamp(0.34 * (width + 114), 100, tall - 68 - below));
  const x = step_scale(steps - 1, width, unit);
  const xs = Float64Array.from({ length: steps }, (_, n) => x(n));
  const panel = (name, size, y) => {
    const shown = lines.filter((one) => one[name]);
    const ends = shown.map((one) => ({ look: one.key, words: one.key, y: y(one[name].at(-1)) }));
    return {
      y,
      height: size,
      inside: [
        each_of(shown, ({ key, ...one }) =>
          line(key, xs, heights(y, one[name], size), { name: key, stairs: is_stairs(one[name]) }),
        ),
      ],
      over: `${cursor(x(at), size)}${each_of(shown, ({ key, ...one }) => mark(key, MARKERS[key], x(at), y(one[name][at] ?? NaN), size))}
        ${lines.length > 1 ? end_labels(ends, width, size) : ""}`,
    };
  };
  const rates = panel("rates", height, axis ?? rate_axis(lines, log_y, height));
  const panels = [{ title: 'learning rate <tspan class="var">η</tspan>', ...rates }];
  const spots = handles.map((one) => ({ left: x(one.step), top: clamp(rates.y(one.rate), 0, height) }));
  panels[0].over += each_of(spots, ({ left, top }, i) =>
    left <= width
      ? `<circle class="grip" r="15" cx="${px(left)}" cy="${px(top)}"/>${mark("now handle", "circle", left, top, height, `data-handle="${i}"`)}`
      : "",
  );
  if (target && rates.y(target.rate) <= height + 1) panels[0].over += ring(width, rates.y(target.rate), target.met);
  if (below) {
    panels.push({ title: "momentum", ...panel("momentum", MOMENTUM, momentum_scale(lines, MOMENTUM)) });
  }
  plot.draw({
    x,
    x_title: unit > 1 ? `epoch (${unit} steps each)` : STEP,
    x_words: (step) => step / unit,
    panels,
  });
  return { axis: rates.y, spots };
}
