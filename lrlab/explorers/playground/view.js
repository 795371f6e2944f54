// The playground: a small network trains in the page (worker.js, in workers), the whole run again at each move of a slider.
// Python (widget.py) holds the state, and makes the same runs with torch.

import { each_of, fill, is_dark, laid_out, say, width_of } from "../shared/dom.js";
import { clamp, number } from "../shared/numbers.js";
import { player } from "../shared/play.js";
import { sample } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { begin, show_reader } from "../shared/view.js";
import { address } from "./address.js";
import { draw_boundary } from "./boundary.js";
import { controls_for } from "./controls.js";
import { page } from "./page.js";
import { draw_runs, draw_sweep, highest_rate, in_words, look_of } from "./plot.js";
import { PLANE } from "./points.js";
import { results_for } from "./results.js";
import { RUN_KEYS, rates_of, with_peak } from "./runs.js";
import { schedule_of } from "./schedule.js";
import { goals, schedule_code, verdict } from "./text.js";

const KEYS = [...RUN_KEYS, "schedule", "seed", "seeds", "log_y", "goal", "_pins", "_mistake", "_entries"];

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
  const { find, get, set } = view;
  const plot = chart(find(".pictures .plot"));
  const swept = chart(find(".sweep"));
  const also = { ratio: false, sharp: false };
  const results = results_for(also, show, show_sweep, (reason) => {
    find(".stage").ariaBusy = "false";
    say(find("[data-verdict]"), `No run can start, because ${reason}.`);
  });
  const { held } = results;
  find(".stage").ariaBusy = "true"; // until the first run has come
  const state_of = () => view.read(KEYS);
  let at = get("updates");
  let looks = "";
  let rest;
  let shown = [];
  /** @type {number | null} */
  let highest = null; // while a handle is held, the axis of the rates stands still: else the point runs away from the hand

  const redraw = () => {
    draw();
    if (held.now) show();
  };
  const schedule = schedule_of(view, redraw);
  const show_controls = controls_for(view, also, state_of, draw);

  // ---- what one sees

  function show_lines(run, state) {
    const lines = [["now", run, state], ...state._pins.map(({ key, state: of }) => [key, held.pinned[key], of])];
    const item = ([key, one, of]) => {
      const right = one ? number(100 * one.accuracy[one.at.findLastIndex((n) => n <= at)], 3) : "–";
      return `<li>${sample(look_of(key))}${key === "now" ? "" : `<b>${key}</b> `}<code>${schedule_code(of, get("_entries"))}</code>
        loss <b>${one ? number(one.loss[at - 1] ?? NaN) : "–"}</b>, right <b>${right} %</b></li>`;
    };
    fill(find("[data-lines]"), each_of(lines, item));
  }

  /** The boundary in the plane: beside the curves or, where curves and slider could not be seen together, below. */
  function place_boundary(plane) {
    const beside = width_of(given.el) >= 760;
    const home = find(beside ? ".pictures" : ".below");
    find("figure").hidden = !plane;
    find(".pictures").classList.toggle("plane", plane && beside);
    if (find("figure").parentNode !== home) home.append(find("figure"));
    laid_out(given.el, [plane, beside]);
  }

  function show_goal(run, state) {
    const asked = goals[state.goal];
    const { sweep, constant } = held.sweeps;
    const there = { run, state, ...held.pinned, sweep: sweep?.tried, constant: constant?.tried };
    const levels = asked ? [asked, ...(asked.harder ?? [])] : [];
    view.goal(...levels.map(({ text, ask }) => ({ text, ...ask(there) })));
  }

  function show() {
    const { run, state } = held.now;
    find(".stage").ariaBusy = "false";
    const pins = Object.entries(held.pinned);
    const plane = state.data in PLANE;
    place_boundary(plane);
    at = clamp(at, 1, state.updates);
    shown = [...pins.map(([key, one]) => ({ key, run: one })), { key: "now", run }];
    draw_runs(plot, {
      shown,
      tall: view.tall(0.55),
      highest,
      at,
      updates: Math.max(state.updates, ...pins.map(([, one]) => one.loss.length)),
      log_y: state.log_y,
      also,
      points: state.schedule.name === "drawn" ? state.schedule.points : null,
      point: schedule.point.at,
    });
    const sentence = verdict(run, state);
    say(find("[data-verdict]"), sentence);
    show_reader(view, at, state.updates);
    show_lines(run, state);
    if (plane) draw_boundary(find("figure"), run.results[0], PLANE[state.data](), at, is_dark());
    say(find("[data-play]"), playing.words());
    view.speak(`${sentence} ${in_words(run, at)}`);
    show_goal(run, state);
    clearTimeout(rest);
    rest = setTimeout(() => {
      set({ _results: run.results.map((one, i) => sent(one, state.seed + i)) });
      view.send(); // it has waited
    }, 400);
  }

  function show_sweep() {
    const tried = held.sweeps.sweep?.tried;
    find(".swept").hidden = !tried;
    if (!tried || !held.now) return;
    draw_sweep(swept, tried, held.now.run.start, Math.max(...rates_of(get("schedule"), get("updates"))));
  }

  function draw() {
    const state = state_of();
    schedule.show(state);
    show_controls(state);
    results.drop_sweep(state);
    show_sweep();
    results.train(state);
    const looks_now = `${width_of(given.el)} ${is_dark()}`;
    if (held.now && looks !== looks_now) show();
    looks = looks_now;
  }

  // ---- what one does

  function read(step) {
    at = clamp(Math.round(step), 1, get("updates"));
    if (held.now) show();
  }
  const playing = player({ at: () => at, last: () => get("updates"), show: read, seconds: 3 });
  const look_at = (step) => {
    playing.stop();
    read(step);
  };
  find("[data-reader]").min = "1";
  view.on("[data-reader]", "input", (input) => look_at(input.valueAsNumber));
  view.on("[data-play]", "click", playing.press);
  view.on("[data-sweep]", "click", () => {
    results.sweep("sweep", state_of());
    show_sweep();
  });

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
    if (!points || place.panel !== 0) {
      if (highest === null) look_at(place.x);
      return;
    }
    const far = (i) => Math.abs(points[i][0] - place.x);
    if (highest === null) schedule.point.at = points.reduce((best, _, i) => (far(i) < far(best) ? i : best), 0);
    highest ??= highest_rate(shown);
    schedule.lift(schedule.point.at, clamp(place.y, 0, 10));
  });
  swept.follow((place) =>
    set({ schedule: with_peak(get("schedule"), Number(clamp(place.x, 1e-4, 10).toPrecision(3))) }),
  );
  const end = view.run(KEYS, draw);
  return () => {
    end();
    results.end();
    playing.stop();
    clearTimeout(rest);
  };
}

export default { render, address };
