// The snapshot explorer's picture: the cycles, below them the errors, each snapshot's at the end of its cycle.

import { each_of } from "../shared/dom.js";
import { STEP, line, mark, px } from "../shared/marks.js";
import { around, step_scale, vertical } from "../shared/scales.js";
import { error, mistakes, since } from "./text.js";

/** The marker of each line; the single model has none. */
export const MARKERS = { own: "circle", growing: "square", choice: "diamond", single: "" };

/** Draw both panels, with the snapshots in `chosen` marked. */
export function draw_ensemble(plot, run, chosen, tall) {
  const { width } = plot.room({ right: 16 });
  const room = Math.min(260, Math.max(96, tall - 142)); // without titles, the axis and the legend
  const size = { rates: Math.round(0.38 * room), errors: Math.round(0.62 * room) };
  const x = step_scale(run.updates, width);
  const ends = run.ends.map(x);
  const rate = vertical({ highest: Math.max(...run.rates[1], ...run.single_rates[1], 1e-12), height: size.rates });
  const rates = ([steps, values], name) => line(name, steps.map(x), values.map(rate), { name: `${name}-rate` });
  const bands = each_of(chosen, (k) => {
    const from = k > 1 ? ends[k - 2] : 0;
    return `<rect class="band" x="${px(from)}" width="${px(ends[k - 1] - from)}" y="0" height="${size.rates}"/>`;
  });
  // The rate is lowest at the last update of a cycle, where the copy is taken.
  const taken = each_of(
    ends,
    (
      end,
      i,
    ) => `<g class="taken${chosen.includes(i + 1) ? " in" : ""}"><circle r="9" cx="${px(end)}" cy="${size.rates}"/>
      <text x="${px(end)}" y="${size.rates}" text-anchor="middle" dy=".35em">${i + 1}</text></g>`,
  );

  const own = run.own.map((wrong) => error(run, wrong));
  const growing = run.ends.map((_, i) => error(run, mistakes(run, since(run, i + 1))));
  const choice = error(run, mistakes(run, chosen));
  const single = run.single === null ? null : error(run, run.single);
  // The errors of all choices fit in, so that the axis stays as one chooses.
  const every = [...Array.from(run.wrong.slice(1), (wrong) => error(run, wrong)), single ?? choice];
  const y = around(Math.min(...every), Math.max(...every), size.errors, 5);
  const level = (value, name) => line(name, [0, width], [y(value), y(value)], { name });
  const curve = (values, name) => line(name, ends, values.map(y), { name });
  const marks = (values, name) => each_of(values, (value, i) => mark(name, MARKERS[name], ends[i], y(value)));
  const drops = each_of(ends, (end) => `<path class="drop" d="M${px(end)} -42V${size.errors}"/>`);
  plot.draw({
    x,
    x_title: `${STEP} (completed updates)`,
    x_words: (step) => step.toLocaleString("en"),
    panels: [
      {
        title: "learning rate",
        y: rate,
        height: size.rates,
        over: bands + rates(run.single_rates, "single") + rates(run.rates, "own") + taken,
      },
      {
        title: "error on the validation images, %",
        head: 52,
        y,
        height: size.errors,
        over: `${drops}${single === null ? "" : level(single, "single")}${level(choice, "choice")}
          ${curve(own, "own")}${curve(growing, "growing")}${marks(own, "own")}${marks(growing, "growing")}
          ${each_of(chosen, (k) => mark("choice", MARKERS.choice, ends[k - 1], y(choice)))}`,
      },
    ],
  });
  /** Which snapshot is the nearest to a pointer. */
  return (place) =>
    ends.reduce((best, end, i) => (Math.abs(end - place.left) < Math.abs(ends[best] - place.left) ? i : best), 0) + 1;
}
