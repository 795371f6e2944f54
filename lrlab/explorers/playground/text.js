// What the playground says: its verdict, its goals, the lines of Python.

import { number, percent } from "../shared/numbers.js";
import { python } from "../shared/python.js";
import { RUN_KEYS, judged, peak_of, rates_of } from "./runs.js";

const seeds = (many) => (many === 1 ? "" : ` (mean of ${many} seeds)`);
const MEANING = {
  diverged: "It diverges",
  high: "Too high: it learns next to nothing",
  low: "Too low: it is still on its way",
  right: "It learns",
};

/** A run in one sentence. */
export function verdict(run, state) {
  const kind = judged(run);
  if (kind === "diverged")
    return `${MEANING.diverged}: the loss stops being finite at update ${run.first_gone}${run.results.length > 1 ? `, in ${run.diverged} of ${run.results.length} seeds` : ""}.`;
  const where = `after ${run.loss.length} updates the training loss is ${number(run.end)}, and ${percent(run.end_accuracy)} of the validation ${state.data === "digits" ? "digits" : "points"} are right`;
  return `${MEANING[kind]}: ${where}${seeds(run.results.length)}.`;
}

// ---- goals ----------------------------------------------------------------------------------------------------

const first_at = (run, share) => {
  const i = run.accuracy.findIndex((one) => one >= share);
  return i < 0 ? Infinity : run.at[i];
};
/** The good rates of a sweep, those that reach 90 %: how many decades lie between the lowest and the highest in one piece. */
function decades_of(sweep) {
  const good = sweep.map(({ result }) => Boolean(result) && !result.diverged && result.val_accuracy.at(-1) >= 0.9);
  let best = 0;
  good.forEach((_, i) => {
    let k = i;
    while (good[k]) k += 1;
    if (k > i) best = Math.max(best, Math.log10(sweep[k - 1].rate / sweep[i].rate));
  });
  return best;
}

const whole = (sweep) => sweep?.every(({ result }) => result);

const reached_within = (most, text) => ({
  text,
  ask: ({ run }) => {
    const n = first_at(run, 0.95);
    const best = Math.max(...Array.from(run.accuracy).filter((_, i) => run.at[i] <= most && run.accuracy[i] >= 0), 0);
    return { met: n <= most, now: n <= most ? `It takes ${n}.` : `The best within ${most} is ${percent(best)}.` };
  },
});

/** The goal to end below so large a part of the loss that the best constant rate leads to. */
const below_the_best = (part, text) => ({
  text,
  ask: ({ run, state, constant }) => {
    if (!whole(constant)) return { met: false, now: "The constant rates are being tried." };
    const best = Math.min(...constant.map(({ result }) => (result.diverged ? Infinity : result.val_loss.at(-1))));
    const { rates } = run;
    const flat = rates.every((rate) => rate === rates[0]);
    return {
      met: !flat && run.end_val_loss < part * best,
      now: `The best of them ends at ${number(best)}, yours at ${number(run.end_val_loss)}${flat ? ", and is constant itself" : ""}${state.seeds > 1 ? ` (mean of ${state.seeds} seeds)` : ""}.`,
    };
  },
});

/** The goal to hold a run that is too low and one that is too high, and to find a good one; B `within` so many times A. */
const low_high_right = (text, { within = Infinity, optimizer = "" } = {}) => ({
  text,
  ask: ({ run, state, A, B }) => {
    const [low, high] = [A && judged(A) === "low", B && ["high", "diverged"].includes(judged(B))];
    const said = [
      A ? `A is ${low ? "" : "not "}too low.` : "A is not held yet.",
      B ? `B is ${high ? "" : "not "}too high.` : "B is not held yet.",
      `Yours gets ${percent(run.end_accuracy)} right.`,
    ];
    const met = Boolean(low && high && run.end_accuracy >= 0.95);
    if (within === Infinity || !A || !B) return { met: met && within === Infinity, now: said.join(" ") };
    const factor = Math.max(...B.rates) / Math.max(...A.rates);
    const alike = state._pins.every(({ state: of }) => RUN_KEYS.every((key) => of[key] === state[key]));
    const right_one = !optimizer || state.optimizer === optimizer;
    said.push(`B is ${number(factor, 3)} times A.`);
    if (!alike) said.push("More than the learning rate differs.");
    if (!right_one) said.push(`The optimizer is not ${optimizer}.`);
    return { met: met && alike && right_one && factor <= within, now: said.join(" ") };
  },
});

/** The goal that learning rates over so many decades in a row are good, with any model or one. */
const good_over = (decades, text, model = "") => ({
  text,
  ask: ({ sweep, state }) => {
    if (!whole(sweep)) return { met: false, now: "Press the sweep button." };
    const reach = decades_of(sweep);
    const right_one = !model || state.model === model;
    return {
      met: right_one && reach >= decades,
      now: `Here it is ${number(reach, 2)} decades${right_one ? "" : ", without a hidden layer"}.`,
    };
  },
});

/** The goal that Adam gets a share right in spite of a learning rate of 0.3: by a warm-up, `alone` or with a schedule. */
const saved = (share, text, alone) => ({
  text,
  ask: ({ run, state: { schedule, optimizer } }) => {
    const kept = optimizer === "Adam" && peak_of(schedule) >= 0.3 && !(alone && schedule.name !== "Constant");
    return {
      met: kept && schedule.warmup > 0 && run.end_accuracy >= share,
      now: kept
        ? `It gets ${percent(run.end_accuracy)} right.`
        : `${alone ? "Only the warm-up may change" : "Keep Adam, and 0.3 as the highest learning rate"}.`,
    };
  },
});

// A goal, and `harder` ones that come after it: what to do, and from what there is (the run now, its state, the pins' runs
// A and B, the sweep, the sweep of the constant rate) whether it is met, and how far one is. `needs`: the sweep that it
// has made.
export const goals = {
  reach: {
    ...reached_within(200, "Get 95 % of the validation images right within 200 updates."),
    harder: [
      reached_within(100, "The same within 100 updates."),
      reached_within(40, "The same within 40 updates: the learning rate alone won't do."),
    ],
  },
  three: {
    ...low_high_right(
      "Hold a learning rate that is too low as A, one that is too high as B, and find one that gets 95 % right.",
    ),
    harder: [
      low_high_right("The same, all else equal, with B at most 30 times as high as A: how wide is the right range?", {
        within: 30,
      }),
      low_high_right("The same with Adam, B at most 250 times as high as A: its range is another one.", {
        within: 250,
        optimizer: "Adam",
      }),
    ],
  },
  beat: {
    needs: "constant",
    ...below_the_best(0.98, "End at a lower validation loss than the best constant learning rate."),
    harder: [below_the_best(0.8, "The same, a fifth lower than the best constant learning rate.")],
  },
  widest: {
    ...good_over(
      2,
      "Find a setting in which learning rates over two decades in a row get 90 % right: sweep, change, sweep again.",
    ),
    harder: [
      good_over(2.4, "The same over 2.4 decades."),
      good_over(2.4, "The same over 2.4 decades, by a network with a hidden layer.", "hidden"),
    ],
  },
  warmup: {
    ...saved(
      0.8,
      "A learning rate of 0.3 is too high for Adam. Save it by a warm-up alone: 80 % right at the end, Adam and 0.3 kept.",
      true,
    ),
    harder: [
      saved(
        0.92,
        "Now by a warm-up and the schedule that follows it: 92 % right, with Adam and 0.3 as the highest.",
        false,
      ),
    ],
  },
};

// ---- lines of Python --------------------------------------------------------------------------------------------

const quoted = (value) =>
  typeof value === "boolean"
    ? value
      ? "True"
      : "False"
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);

/** The schedule in Python. */
export function schedule_code(state, entries) {
  const { name, values, warmup, points, text } = state.schedule;
  if (name === "given") return text;
  if (name === "drawn") return `PiecewiseLinear([${points.map(([n, rate]) => `(${n}, ${rate})`).join(", ")}])`;
  const plain = python(entries[name], values);
  return warmup ? `warmup(${plain}, ${warmup})` : plain;
}

/** What makes the same run in Python. */
export function code(state, entries, defaults) {
  const schedule = schedule_code(state, entries);
  const names = [...new Set(schedule.match(/\b[A-Z]\w+(?=\()|\bwarmup(?=\()/g) ?? [])].sort();
  const changed = [...RUN_KEYS, "seed", "seeds"].filter((key) => state[key] !== defaults[key]);
  const given = ["schedule", ...changed.map((key) => `${key}=${quoted(state[key])}`)].join(", ");
  return `from lrlab import explorers
from lrlab.schedules import ${names.join(", ")}

schedule = ${schedule}
playground = explorers.playground(${given})
histories = playground.fit()  # torch, in double precision
schedule.curve(5)  # ${rates_of(state.schedule, state.updates)
    .slice(0, 5)
    .map((rate) => number(rate))
    .join(", ")}`;
}
