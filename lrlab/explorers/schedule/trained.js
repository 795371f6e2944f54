// Shows how a schedule trains: the stored MNIST run (runs.js) whose schedule is nearest to yours, its accuracy over the
// seeds, and its loss beside the losses of other schedules.

import { each_of, put, say } from "../shared/dom.js";
import { finite, nearest, number, percent } from "../shared/numbers.js";
import { heights, line } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { step_scale, vertical } from "../shared/scales.js";
import { ABOUT, RUNS } from "./runs.js";

const RATES = ABOUT.rates;
const CLOSE = 0.05; // of the highest learning rate, on average: what is further has another shape
const FAR = 0.2; // and what is as far as that has nothing in common
const DIGITS = 10 + 2 * ABOUT.points; // of one learning rate

/** The curve at `places` along it, the highest 1. */
const shape_of = (rates, top) =>
  Array.from(
    { length: ABOUT.places },
    (_, i) => rates[Math.round((i * (rates.length - 1)) / (ABOUT.places - 1))] / top,
  );

const at = (digits, from, many) => Number(digits.slice(from, from + many));

/** What one row of digits says, as runs.js explains it. */
function read(words, rate, digits) {
  const [gone, mean, low, high] = [at(digits, 0, 1), ...[1, 4, 7].map((from) => at(digits, from, 3) / 1000)];
  const loss = Array.from({ length: ABOUT.points }, (_, i) => at(digits, 10 + 2 * i, 2) / ABOUT.loss);
  return { words, rate, gone, mean, low, high, loss };
}

let known;
/** The shapes, and by learning rate and shape what came of them; read when it is first asked. */
function runs() {
  known ??= {
    shapes: RUNS.map(([, shape]) => Array.from({ length: ABOUT.places }, (_, i) => at(shape, 2 * i, 2) / 99)),
    table: RATES.map((rate, k) =>
      RUNS.map(([words, , digits]) => read(words, rate, digits.slice(k * DIGITS, (k + 1) * DIGITS))),
    ),
  };
  return known;
}

const gap = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / ABOUT.places;

/** The run that is nearest to `rates`: first by the highest learning rate, then by shape; null where none is near. */
export function nearest_run(rates) {
  const top = Math.max(...finite(rates), 0);
  if (!(top >= RATES[0] / 2 && top <= 2 * RATES[RATES.length - 1])) return null;
  const { shapes, table } = runs();
  const logs = RATES.map(Math.log);
  const own = shape_of(rates, top);
  if (!own.every(Number.isFinite)) return null;
  const gaps = shapes.map((shape) => gap(shape, own));
  const row = table[nearest(logs, Math.log(top))];
  const i = nearest(gaps, 0);
  if (gaps[i] > FAR) return null;
  const better = table.flat().filter((run) => !run.gone && run.mean > row[i].mean);
  return { ...row[i], others: row.filter((_, k) => k !== i), gap: gaps[i], place: better.length + 1 };
}

const all = RATES.length * RUNS.length;

/** The answer in a line, and all that belongs to it. */
export function said_of(run) {
  if (!run)
    return {
      short: "no run was like it",
      long: `${RUNS.length} shapes were tried, with highest learning rates from ${RATES[0]} to ${RATES.at(-1)}.`,
    };
  const end =
    run.gone === ABOUT.seeds
      ? "it diverges"
      : run.gone
        ? `it diverges with ${run.gone} of ${ABOUT.seeds} seeds`
        : `${percent(run.mean)} right`;
  const spread = run.gone
    ? ""
    : ` (${percent(run.low)} to ${percent(run.high)} with ${ABOUT.seeds} seeds), place ${run.place} of ${all}`;
  const off =
    run.gap > CLOSE
      ? ` Yours has another shape: on average ${percent(run.gap, 0)} of the highest learning rate away.`
      : "";
  return {
    short: `${end} (nearest run: ${run.words}; ${number(run.rate)})`,
    long: `The nearest of ${all} schedules that were run is ${run.words} with ${number(run.rate)} as its highest learning rate: ${end}${spread}.${off} Each was one epoch of MNIST, ${ABOUT.updates} updates with SGD; yours is compared as if it took as long. Faint: the other shapes at that learning rate.`,
  };
}

/** Keep the strip of the view up to date: returns what shows the answer for `rates`. */
export function trained_of({ find }) {
  const fold = find(".trained");
  const plot = chart(find(".trained svg"));
  let last;
  const show = (rates) => {
    last = rates;
    const run = nearest_run(rates);
    const { short, long } = said_of(run);
    say(find("[data-trained]"), short);
    say(find("[data-trained-more]"), long);
    find(".trained svg").toggleAttribute("hidden", !run);
    if (!fold.open || !run) return;
    const { width } = plot.room({ left: 58, right: 56 });
    const height = 110;
    const x = step_scale(ABOUT.updates, width);
    const y = vertical({ highest: 2.5, height });
    const xs = Array.from({ length: ABOUT.points }, (_, i) => x(((i + 0.5) * ABOUT.updates) / ABOUT.points));
    const draw = (looks, { loss }) => line(looks, xs, heights(y, loss, height));
    const inside = [each_of(run.others, (other) => draw("thin peers", other)), draw("now", run)];
    put(find(".trained svg"), { "aria-label": `Training loss over the updates. ${long}` });
    plot.draw({ x, x_title: "update", panels: [{ title: "training loss", y, height, inside }] });
  };
  fold.addEventListener("toggle", () => last && show(last));
  return show;
}
