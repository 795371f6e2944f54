// The picture of the training explorer: rates, losses and accuracies of all runs over one axis of steps.

import { each_of } from "../shared/dom.js";
import { banded, finite, percent, unpacked, with_nan } from "../shared/numbers.js";
import { STEP, area, cursor, dot, heights, line, look, mark, spots } from "../shared/marks.js";
import { around, step_scale, vertical } from "../shared/scales.js";

const packed = banded((text) => (text ? unpacked(text) : null));
const listed = banded((values) => (values ? with_nan(values) : null));

/** The runs as drawn: arrays with NaN where there is no number. */
export const unpack = (runs) =>
  runs.map((run, place) => ({
    ...run,
    place,
    lr: packed(run.lr),
    loss: packed(run.loss),
    val_loss: listed(run.val_loss),
    accuracy: listed(run.accuracy),
  }));

/** The last epoch of `run` that had ended at `step`, or -1. */
export const epoch_at = (run, step) => run.ends.findLastIndex((end) => end <= step);

const positive = (lists) => lists.flatMap((values) => finite(values).filter((value) => value > 0));
const least = (values, start) => values.reduce((a, b) => Math.min(a, b), start);
const most = (values) => values.reduce((a, b) => Math.max(a, b), 1e-12);

function scales(runs, log, size) {
  const rates = positive(runs.map((run) => run.lr.mean));
  const peaks = runs.map((run) => most(finite(run.lr.mean)));
  const apart = most(peaks) > 20 * least(peaks, Infinity); // one that is far too high would flatten all others
  const losses = positive(runs.map((run) => run.loss.mean));
  // A rate that is too high leads to any loss; what is far above the start is out of the picture.
  const top = Math.min(most(losses), 1.3 * most(positive(runs.map((run) => run.loss.mean.slice(0, 1)))));
  const accuracies = positive(runs.map((run) => run.accuracy.low));
  return {
    lr: vertical({ highest: most(rates), lowest: least(rates, 1), log: log || apart, height: size.lr }),
    loss: vertical({ highest: top, lowest: least(losses, top), log, height: size.loss }),
    accuracy: around(accuracies.length ? least(accuracies, 1) : 0, 1, size.accuracy),
  };
}

/** Where all that does not move with the step goes; for `draw_runs`. */
export function layout(plot, { runs, shown, steps, log, tall }) {
  const { width } = plot.room();
  const room = Math.max(150, tall - 136); // without titles and the axis
  const size = { lr: Math.round(0.24 * room), loss: Math.round(0.46 * room), accuracy: Math.round(0.3 * room) };
  const x = step_scale(steps.at(-1), width);
  return { x, size, y: scales(shown.length ? shown : runs, log, size), xs: steps.map(x) };
}

/** Draw the runs that are shown, at the place `at` of `steps`; what was drawn with the same `key` stays. */
export function draw_runs(plot, { x, xs, y, size }, { key, shown, steps, at }) {
  const ys = (name, values) => heights(y[name], values, size[name]);
  const curve = (run, name, places, values = run[name]) =>
    `${values.low ? area(look(run.look), places, ys(name, values.low), ys(name, values.high)) : ""}
    ${line(look(run.look), places, ys(name, values.mean), { name: `${name}-${run.place}`, stairs: name === "lr" })}`;
  const cross = (run) => {
    const end = run.loss.mean.findLastIndex(Number.isFinite);
    const [gone, seeds] = run.diverged;
    if (gone < seeds || end < 0) return "";
    const height = Math.min(size.loss, Math.max(4, y.loss(run.loss.mean[end])));
    return mark(look(run.look), "cross", xs[end], height, size.loss, `data-diverged="${run.place}"`);
  };
  const epochs = (run) => {
    const ends = run.ends.map(x);
    const values = run.seeds > 1 ? run.accuracy : { mean: run.accuracy.mean };
    const dots = ends.length > 60 ? "" : spots(look(run.look), ends, ys("accuracy", run.accuracy.mean));
    return curve(run, "accuracy", ends, values) + dots;
  };
  const step = steps[at];
  const now = (name) => (run) => dot(look(run.look), x(step), y[name](run[name].mean[at] ?? NaN), size[name]);
  const judged = (run) => {
    const epoch = step > run.last ? -1 : epoch_at(run, step);
    return epoch < 0
      ? ""
      : dot(look(run.look), x(run.ends[epoch]), y.accuracy(run.accuracy.mean[epoch]), size.accuracy);
  };
  const panel = (name, title, drawn, moving) => ({
    title,
    y: y[name],
    height: size[name],
    inside: [/** @type {[string, () => string]} */ ([key, () => each_of(shown, drawn)])],
    over: cursor(x(step), size[name]) + each_of(shown, moving),
  });
  plot.draw({
    x,
    x_title: `${STEP} (completed updates)`,
    panels: [
      panel("lr", "learning rate", (run) => curve(run, "lr", xs), now("lr")),
      panel("loss", "training loss (running mean)", (run) => curve(run, "loss", xs) + cross(run), now("loss")),
      {
        ...panel("accuracy", "validation accuracy, epoch by epoch", epochs, judged),
        words: (share) => percent(share, 0),
      },
    ],
  });
}
