// The playground: a small network trains in the page (worker.js, in workers), the whole run again at each move of a slider.
// Python (widget.py) holds the state, and makes the same runs with torch.

import { set_slider, slider_value } from "../shared/controls.js";
import { copy } from "../shared/copy.js";
import { each_of, fill, say } from "../shared/dom.js";
import { fields_of } from "../shared/fields.js";
import { clamp, number } from "../shared/numbers.js";
import { chart, sample } from "../shared/plot.js";
import { begin, show_reader } from "../shared/view.js";
import { address } from "./address.js";
import { MISTAKES, RATE, SLIDERS, page } from "./page.js";
import { draw_boundary, draw_runs, draw_sweep, highest_rate, in_words, look_of } from "./plot.js";
import { PLANE } from "./points.js";
import { pool } from "./pool.js";
import { RUN_KEYS, peak_of, rates_of, specs_of, summary, sweep_of, with_peak } from "./runs.js";
import { code, goals, schedule_code, verdict } from "./text.js";

const KEYS = [...RUN_KEYS, "schedule", "seed", "seeds", "log_y", "goal", "_pins", "_mistake", "_entries"];
const DEFAULTS = {
  data: "digits",
  model: "hidden",
  width: 32,
  activation: "relu",
  optimizer: "SGD",
  momentum: 0,
  nesterov: false,
  weight_decay: 0,
  batch_size: 32,
  updates: 250,
  noise: 0,
  seed: 0,
  seeds: 1,
};
const WARMUP = { low: 0, high: 200, step: 1, whole: true };
const HAND = 7; // points of a schedule that is drawn by hand

const base64 = (values) => {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
};
const sent = ({ loss, at, val_loss, val_accuracy, diverged, done }, seed) => ({
  ...{ seed, at, diverged, loss: base64(loss.subarray(0, done)) },
  ...{ val_loss: base64(val_loss), val_accuracy: base64(val_accuracy) },
});

/** @param {import("../shared/types").View} given */
function render(given) {
  const view = begin(given, "playground", page(given.model.get("_choices")));
  const { find, all, get, set } = view;
  const plot = chart(find(".pictures .plot"));
  const swept = chart(find(".sweep"));
  const workers = pool(TRAINER);
  const limits = get("_limits");
  const defaults = DEFAULTS;
  const last_used = {};
  const also = { ratio: false, sharp: false };
  /** @type {any} */
  const sweeps = { sweep: null, constant: null };
  const point = { at: 0 };
  /** @type {any} */
  let pinned = {};
  /** @type {any} */
  let now = null; // the run that is drawn, and the state that it is of
  let at = get("updates");
  let cases = 0;
  let playing;
  let rest;
  let names = "";

  const state_of = () => view.read(KEYS);
  const more_of = (state) => ({ grids: state.data in PLANE, sharpness: also.sharp });
  const choose = (change) => set({ schedule: { ...get("schedule"), ...change } });

  // ---- runs

  /** Have the runs of this state made, and those of the pins and of a goal; what comes is drawn. */
  function train(state) {
    workers.ask("now", specs_of(state, more_of(state)), (results) => {
      now = { run: summary(results, state), state };
      show();
    });
    const held = state._pins.flatMap(({ state: other }) => specs_of(other));
    const key = JSON.stringify(state._pins);
    if (pinned.key !== key) {
      pinned = { key, runs: {} };
      if (held.length)
        workers.ask("pins", held, (results) => {
          let from = 0;
          state._pins.forEach(({ key: letter, state: other }) => {
            pinned.runs[letter] = summary(results.slice(from, from + other.seeds), other);
            from += other.seeds;
          });
          if (now) show();
        });
    }
    if (goals[state.goal]?.needs)
      sweep_for("constant", { ...state, schedule: { name: "Constant", values: { lr: 1 }, warmup: 0 } });
  }

  /** Make a sweep of `kind`, unless there is one of the same settings. */
  function sweep_for(kind, state) {
    const tried = sweep_of(state);
    const key = JSON.stringify(tried.map(({ spec }) => spec));
    if (sweeps[kind]?.key === key) return;
    sweeps[kind] = { key, tried };
    workers.ask(
      "sweep",
      tried.map(({ spec }) => spec),
      () => show(),
      (results) => {
        sweeps[kind].tried = tried.map((one, i) => ({ ...one, result: results[i] }));
        if (kind === "sweep") show_sweep();
      },
    );
  }

  // ---- what one sees

  let shown = [];
  /** @type {number | null} */
  let highest = null; // while a handle is held, the axis of the rates stands still: else the point runs away from the hand
  function show() {
    const { run, state } = now;
    const plane = state.data in PLANE;
    const beside = given.el.clientWidth >= 760; // else the boundary goes below: curves and slider must be seen together
    const home = find(beside ? ".pictures" : ".below");
    find("figure").hidden = !plane;
    find(".pictures").classList.toggle("plane", plane && beside);
    if (find("figure").parentNode !== home) home.append(find("figure"));
    const done = Object.entries(pinned.runs ?? {});
    at = clamp(at, 1, state.updates);
    shown = [...done.map(([key, one]) => ({ key, run: one })), { key: "now", run }];
    draw_runs(plot, {
      shown,
      tall: view.tall(0.55),
      highest,
      at,
      updates: Math.max(state.updates, ...done.map(([, one]) => one.loss.length)),
      log_y: state.log_y,
      also,
      points: state.schedule.name === "drawn" ? state.schedule.points : null,
      point: point.at,
    });
    const sentence = verdict(run, state);
    say(find("[data-verdict]"), sentence);
    show_reader(view, at, state.updates);
    const lines = [
      ["now", run, state],
      ...state._pins.map(({ key, state: other }) => [key, pinned.runs?.[key], other]),
    ];
    fill(
      find("[data-lines]"),
      each_of(lines, ([key, one, of]) => {
        const right = one ? number(100 * one.accuracy[one.at.findLastIndex((n) => n <= at)], 3) : "–";
        return `<li>${sample(look_of(key))}${key === "now" ? "" : `<b>${key}</b> `}<code>${schedule_code(of, get("_entries"))}</code>
          loss <b>${one ? number(one.loss[at - 1] ?? NaN) : "–"}</b>, right <b>${right} %</b></li>`;
      }),
    );
    if (plane) {
      const dark = document.body.dataset.jpThemeLight === "false";
      draw_boundary(find("figure"), run.results[0], PLANE[state.data](), at, dark);
    }
    view.speak(`${sentence} ${in_words(run, at)}`);
    const asked = goals[state.goal];
    view.goal(
      asked
        ? {
            text: asked.text,
            ...asked.ask({ run, state, ...pinned.runs, sweep: sweeps.sweep?.tried, constant: sweeps.constant?.tried }),
          }
        : null,
    );
    clearTimeout(rest);
    rest = setTimeout(() => set({ _results: run.results.map((one, i) => sent(one, state.seed + i)) }), 400);
  }

  function show_sweep() {
    const tried = sweeps.sweep?.tried;
    find(".swept").hidden = !tried;
    if (!tried || !now) return;
    draw_sweep(swept, tried, now.run.start, Math.max(...rates_of(get("schedule"), get("updates"))));
  }

  function show_schedule(state) {
    const { name, values, warmup, points } = state.schedule;
    const listed = [...Object.keys(state._entries), "drawn", ...(name === "given" ? ["given"] : [])];
    const words = { drawn: "drawn by hand", given: "from Python" };
    if (names !== listed.join())
      find("[data-name]").innerHTML = each_of(listed, (one) => `<option value="${one}">${words[one] ?? one}</option>`);
    names = listed.join();
    find("[data-name]").value = name;
    const entry = state._entries[name];
    const own = entry
      ? { ...entry, fields: entry.fields.filter((field) => !["lr", "max_lr"].includes(field.name)) }
      : { fields: [] };
    fields_known[name] ??= own;
    show_fields(fields_known[name], values ?? {}, state.updates);
    set_slider(find("[data-warmup]"), WARMUP, warmup, `${warmup} ${warmup === 1 ? "update" : "updates"}`);
    find("[data-warmup]").disabled = !entry;
    all("[data-hand]").forEach((one) => {
      one.hidden = !points;
    });
    if (points) {
      point.at = clamp(point.at, 0, points.length - 1);
      const [n, rate] = points[point.at];
      set_slider(
        find("[data-point]"),
        { low: 0, high: points.length - 1, step: 1, whole: true },
        point.at,
        `${point.at + 1} of ${points.length}, at step ${n}`,
      );
      set_slider(find("[data-height]"), RATE, Math.max(rate, RATE.low), number(rate));
    }
    const peak = peak_of(state.schedule);
    set_slider(find("[data-rate]"), RATE, peak || 0.1, number(peak));
    find("[data-rate]").disabled = name === "given";
  }
  const fields_known = {};
  const show_fields = fields_of(
    view,
    (field, value) => {
      show_refused("");
      choose({ values: { ...get("schedule").values, [field]: value } });
    },
    (sentence) => show_refused(sentence),
  );
  function show_refused(sentence) {
    find(".refused").hidden = !sentence;
    say(find(".refused"), sentence);
  }

  function show_controls(state) {
    Object.entries(SLIDERS).forEach(([key, control]) => {
      const [low, high] = limits[key];
      const text = key === "noise" ? `${number(100 * state[key])} %` : number(state[key]);
      set_slider(find(`[data-key=${key}]`), { ...control, low, high }, state[key], text);
    });
    all("[data-choice]").forEach((box) => {
      box.value = state[box.dataset.choice];
    });
    find("[data-nesterov]").checked = state.nesterov;
    find("[data-log]").checked = state.log_y;
    find("[data-ratio]").checked = also.ratio;
    find("[data-sharp]").checked = also.sharp;
    // What would change nothing can't be moved.
    find("[data-key=momentum]").disabled = state.optimizer !== "SGD";
    find("[data-nesterov]").disabled = state.optimizer !== "SGD" || state.momentum === 0;
    find("[data-key=width]").disabled = state.model === "softmax";
    find("[data-choice=activation]").disabled = state.model === "softmax";
    find("[data-clear]").disabled = state._pins.length === 0;
    find(".case").hidden = !state._mistake;
    find("[data-reader]").min = "1";
    say(find("[data-code=lrlab]"), code(state, state._entries, defaults));
  }

  function draw() {
    const state = state_of();
    show_schedule(state);
    show_controls(state);
    if (sweeps.sweep && sweeps.sweep.key !== JSON.stringify(sweep_of(state).map(({ spec }) => spec))) {
      sweeps.sweep = null; // of other settings
    }
    show_sweep();
    train(state);
    if (now) show_width();
  }
  let width = 0;
  function show_width() {
    if (width !== given.el.clientWidth) show();
    width = given.el.clientWidth;
  }

  // ---- what one does

  function pick(name) {
    const before = get("schedule");
    last_used[before.name] = before;
    const entry = get("_entries")[name];
    const updates = get("updates");
    if (name === "drawn") {
      const rates = rates_of(before, updates);
      const points = Array.from({ length: HAND }, (_, i) => {
        const n = Math.round((i * (updates - 1)) / (HAND - 1));
        return [n, Number((rates[Math.min(n, rates.length - 1)] ?? 0.1).toPrecision(3))];
      });
      return set({ schedule: { name, points, warmup: 0 } });
    }
    const fresh = last_used[name] ?? { name, values: fitted(entry, updates), warmup: before.warmup ?? 0 };
    return set({ schedule: with_peak(fresh, peak_of(before) || 0.1) });
  }
  /** A schedule's first values, with its lengths as long as the run. */
  function fitted(entry, updates) {
    const values = { ...entry.start };
    ["T_max", "total_steps", "total_iters", "updates"].forEach((field) => {
      if (field in values) values[field] = updates;
    });
    if ("eta_min" in values) values.eta_min = 0;
    if ("stable" in values)
      Object.assign(values, {
        warmup: 20,
        decay: Math.round(updates / 3),
        stable: updates - 20 - Math.round(updates / 3),
      });
    return values;
  }
  function hold(key) {
    const { _pins: _, _entries: __, ...state } = state_of();
    const others = get("_pins").filter((one) => one.key !== key);
    set({ _pins: [...others, { key, state }].sort((a, b) => (a.key < b.key ? -1 : 1)) });
  }
  function diagnose() {
    const every = Object.keys(MISTAKES);
    cases += 1;
    find("[data-case]").value = "";
    say(find("[data-answer]"), "");
    set({ _mistake: every[(cases * 3 + get("seed")) % every.length] });
  }
  function answer(guess) {
    const right = guess === get("_mistake");
    if (!guess) return;
    say(
      find("[data-answer]"),
      right
        ? `Yes: ${MISTAKES[guess]}. The run is honest again.`
        : "No. Change the learning rate and look at the measures.",
    );
    if (right) {
      set({ _mistake: "" });
      find(".case").hidden = false;
    }
  }
  function read(step) {
    at = clamp(Math.round(step), 1, get("updates"));
    if (now) show();
  }
  function play() {
    clearInterval(playing);
    at = 1;
    playing = setInterval(() => {
      if (at >= get("updates")) clearInterval(playing);
      else read(at + Math.max(1, Math.round(get("updates") / 60)));
    }, 50);
  }

  view.on("[data-rate]", "input", (input) => set({ schedule: with_peak(get("schedule"), slider_value(input)) }));
  view.on("[data-key]", "input", (input) => set({ [input.dataset.key]: slider_value(input) }));
  view.on("[data-choice]", "change", (box) => set({ [box.dataset.choice]: box.value }));
  view.on("[data-name]", "change", (box) => pick(box.value));
  view.on("[data-warmup]", "input", (input) => choose({ warmup: slider_value(input) }));
  view.on("[data-point]", "input", (input) => {
    point.at = slider_value(input);
    draw();
    if (now) show();
  });
  view.on("[data-height]", "input", (input) => lift(point.at, slider_value(input)));
  view.on("[data-nesterov]", "change", (box) => set({ nesterov: box.checked }));
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  ["ratio", "sharp"].forEach((name) => {
    view.on(`[data-${name}]`, "change", (box) => {
      also[name] = box.checked;
      draw();
    });
  });
  view.on("[data-reader]", "input", (input) => read(input.valueAsNumber));
  view.on("[data-sweep]", "click", () => {
    sweep_for("sweep", state_of());
    show_sweep();
  });
  view.on("[data-pin]", "click", (button) => hold(button.dataset.pin));
  view.on("[data-clear]", "click", () => set({ _pins: [] }));
  view.on("[data-diagnose]", "click", diagnose);
  view.on("[data-case]", "change", (box) => answer(box.value));
  view.on("[data-play]", "click", play);
  view.on("[data-copy]", "click", (button) => copy(view, button));
  view.on("details", "toggle", (fold) => {
    const open = all("details")
      .filter((one) => one.open)
      .map((one) => one.dataset.fold);
    if (JSON.stringify(open) !== JSON.stringify(get("show"))) set({ show: open });
    fold.blur?.();
  });
  all("details").forEach((fold) => {
    fold.open = get("show").includes(fold.dataset.fold);
  });

  function lift(i, rate) {
    const points = get("schedule").points.map((one, k) => (k === i ? [one[0], Number(rate.toPrecision(3))] : one));
    choose({ points });
  }
  const release = () => {
    if (highest === null) return;
    highest = null;
    show();
  };
  ["pointerup", "pointercancel"].forEach((event) => {
    find(".pictures .plot").addEventListener(event, release);
  });
  plot.follow((place) => {
    const { points } = get("schedule");
    if (points && place.panel === 0) {
      if (highest === null)
        point.at = points.reduce(
          (best, [n], i) => (Math.abs(n - place.x) < Math.abs(points[best][0] - place.x) ? i : best),
          0,
        );
      highest ??= highest_rate(shown);
      lift(point.at, clamp(place.y, 0, 10));
    } else if (highest === null) read(place.x);
  });
  swept.follow((place) =>
    set({ schedule: with_peak(get("schedule"), Number(clamp(place.x, 1e-4, 10).toPrecision(3))) }),
  );
  // Without motion nothing plays; the slider goes through the run all the same.
  find("[data-play]").hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const end = view.run(KEYS, draw);
  return () => {
    end();
    workers.end();
    clearTimeout(rest);
    clearInterval(playing);
  };
}

export default { render, address };
