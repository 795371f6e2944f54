// The playground's pictures: what happens over the updates, and the loss by the learning rate.

import { each_of } from "../shared/dom.js";
import { clamp, finite, number, percent } from "../shared/numbers.js";
import { STEP, cursor, dot, end_labels, heights, is_stairs, line, mark } from "../shared/marks.js";
import { decades, linear, rate_scale, round_values, step_scale, vertical } from "../shared/scales.js";

const LOOKS = { now: "series-0", A: "series-1", B: "series-2" };
export const look_of = (key) => LOOKS[key];

export const highest_rate = (shown) => Math.max(...shown.flatMap(({ run }) => run.rates)) || 1;

/** The loss's axis: as high as a run starts, so that it stands still while one drags. */
function loss_axis(start, log, height) {
  if (log) return decades(-3, 1, height);
  const top = 1.3 * start;
  return linear([0, top], [height, 0], round_values(0, top, 4));
}

function ratio_axis(height) {
  return decades(-5, 0, height);
}

/**
 * Draw the runs `shown` ({key, run}, the one that one moves last). `at`: the update where one reads off. `also`: which measures.
 * `points`: the handles of a schedule that is drawn by hand. `highest`: where the axis of the rates ends while one is held.
 */
export function draw_runs(plot, { shown, tall: most, at, updates, log_y, also, points, point, highest }) {
  const { width } = plot.room({ left: 52, right: shown.length > 1 ? 34 : 16 });
  const x = step_scale(updates, width);
  const { run } = shown.at(-1);
  const panels = [];
  const steps = Float64Array.from({ length: updates }, (_, n) => x(n + 1));
  const labels = (value, y, height) =>
    shown.length > 1
      ? end_labels(
          shown.map(({ key, run: one }) => ({
            look: LOOKS[key],
            words: key === "now" ? "" : key,
            y: y(value(one)) || 0,
          })),
          width,
          height,
        )
      : "";
  const lines = (values, y, height, xs = steps, more = {}) =>
    each_of(shown, ({ key, run: one }) =>
      line(LOOKS[key], xs.subarray(0, values(one).length), heights(y, values(one), height), {
        name: `${more.name}-${key}`,
        ...more.of?.(one),
      }),
    );

  const varied = shown.some(({ run: one }) => one.rates.some((rate) => rate !== one.rates[0])) || points;
  const many = 2 + Number(Boolean(varied)) + Number(also.ratio) + Number(also.sharp);
  // Without titles and the axis; the panels of measures make it higher, rather than all panels too low.
  const unit = (Math.max(most - 34 - 34 * many, 46 * (many + 1)) / (many + 1)) | 0;
  const tall = Math.min(200, 2 * unit);
  const low = Math.min(74, unit);
  if (varied) {
    const height = Math.min(100, unit);
    const y = vertical({ highest: highest ?? highest_rate(shown), height });
    const starts = Float64Array.from({ length: updates }, (_, n) => x(n));
    const of = (one) => Object.assign({ stairs: is_stairs(one.rates) });
    const handles = points
      ? each_of(points, ([n, rate], i) =>
          mark(
            `series-0 handle${i === point ? " chosen" : ""}`,
            "circle",
            x(Math.min(n, updates)),
            y(rate),
            height,
            `data-handle="${i}"`,
          ),
        )
      : "";
    panels.push({
      title: 'learning rate <tspan class="var">η</tspan>',
      height,
      y,
      inside: [lines((one) => one.rates, y, height, starts, { name: "rate", of: (one) => of(one) })],
      over:
        cursor(x(at), height) +
        handles +
        (points ? "" : dot(LOOKS.now, x(at), y(run.rates[Math.min(at, run.rates.length - 1)]), height)),
    });
  }

  const y = loss_axis(run.start, log_y, tall);
  const gone = (key, one) => {
    const end = one.loss.findLastIndex(Number.isFinite);
    return one.diverged
      ? mark(
          LOOKS[key],
          "cross",
          x(end + 1),
          clamp(y(one.loss[end] ?? one.start), 6, tall),
          tall,
          `data-diverged="${key}"`,
        )
      : "";
  };
  const thin =
    run.losses.length > 1
      ? each_of(run.losses, (loss) => line(`${LOOKS.now} thin`, steps, heights(y, loss, tall)))
      : "";
  const looks = Float64Array.from(run.at, x);
  panels.push({
    title: "training loss (dotted: validation)",
    height: tall,
    y,
    inside: [
      thin,
      line(`${LOOKS.now} validation`, looks, heights(y, run.val_loss, tall), { name: "validation" }),
      lines((one) => one.loss, y, tall, steps, { name: "loss" }),
    ],
    over: `${cursor(x(at), tall)}${each_of(shown, ({ key, run: one }) => gone(key, one))}
      ${dot(LOOKS.now, x(at), y(run.loss[at - 1] ?? NaN), tall)}${labels((one) => one.loss[one.loss.findLastIndex(Number.isFinite)], y, tall)}`,
  });

  const share = linear([0, 1], [low, 0], [0, 0.5, 1]);
  const seen = run.at.findLastIndex((n) => n <= at);
  panels.push({
    title: "validation accuracy",
    height: low,
    y: share,
    words: (value) => percent(value, 0),
    inside: [
      run.results.length > 1
        ? each_of(run.results, ({ at: when, val_accuracy }) =>
            line(`${LOOKS.now} thin`, Float64Array.from(when, x), heights(share, val_accuracy, low)),
          )
        : "",
      each_of(shown, ({ key, run: one }) =>
        line(LOOKS[key], Float64Array.from(one.at, x), heights(share, one.accuracy, low), { name: `accuracy-${key}` }),
      ),
    ],
    over: cursor(x(at), low) + dot(LOOKS.now, looks[seen], share(run.accuracy[seen]), low),
  });

  if (also.ratio) {
    const scale = ratio_axis(low);
    panels.push({
      title: "size of each update / size of the weights",
      height: low,
      y: scale,
      inside: [
        `<path class="level" d="M0 ${scale(1e-3)}H${width}"/>`,
        lines((one) => one.ratio, scale, low, steps, { name: "ratio" }),
      ],
      over: cursor(x(at), low) + dot(LOOKS.now, x(at), scale(run.ratio[at - 1] ?? NaN), low),
    });
  }
  if (also.sharp) {
    const measured = run.results[0].sharp;
    const limits = Float64Array.from(run.rates, (rate) => 2 / rate);
    const values = [...measured.map(([, value]) => value), ...finite(limits)].filter((value) => value > 0);
    const [bottom, top] = [
      Math.floor(Math.log10(Math.min(...values, 1))),
      Math.ceil(Math.log10(Math.max(...values, 10))),
    ];
    const scale = decades(Math.max(bottom, top - 5), top, low);
    panels.push({
      title: "sharpness, and 2/η (dashed)",
      height: low,
      y: scale,
      inside: [
        line("limit", steps.subarray(0, limits.length), heights(scale, limits, low), { name: "limit" }),
        line(
          LOOKS.now,
          Float64Array.from(measured, ([n]) => x(n)),
          heights(
            scale,
            measured.map(([, value]) => value),
            low,
          ),
          { name: "sharp" },
        ),
      ],
      over: cursor(x(at), low) + each_of(measured, ([n, value]) => dot(LOOKS.now, x(n), scale(value), low)),
    });
  }
  plot.draw({ x, x_title: `${STEP} (completed updates)`, panels });
}

/** The loss at the end by the learning rate: a dot a run, as they come. */
export function draw_sweep(plot, sweep, start, peak) {
  const { width } = plot.room({ left: 52, right: 16 });
  const height = 130;
  const x = rate_scale(sweep[0].rate, sweep.at(-1).rate, width);
  const top = 1.3 * start;
  const y = linear([0, top], [height, 0], round_values(0, top, 4));
  const end = ({ result }) => {
    if (!result) return NaN;
    if (result.diverged) return top;
    const last = Array.from(result.loss.slice(-25));
    return last.reduce((sum, one) => sum + one, 0) / last.length;
  };
  const values = sweep.map(end);
  const xs = Float64Array.from(sweep, ({ rate }) => x(rate));
  plot.draw({
    x,
    x_title: "highest learning rate of the run",
    panels: [
      {
        title: "training loss at the end",
        height,
        y,
        inside: [line("series-0", xs, heights(y, values, height), { name: "sweep" })],
        over: `${cursor(clamp(x(peak), 0, width), height)}${each_of(sweep, ({ rate, result }, i) => mark("series-0", result?.diverged ? "cross" : "circle", x(rate), clamp(y(values[i]), 0, height), height, `data-swept="${i}"`))}`,
      },
    ],
  });
  return values;
}

export const in_words = (run, at) =>
  `After update ${at}: learning rate ${number(run.rates[Math.max(0, Math.min(at, run.rates.length) - 1)])}, training loss ${number(run.loss[at - 1] ?? NaN)}, validation accuracy ${percent(run.accuracy[run.at.findLastIndex((n) => n <= at)])}`;
