// The explorer of descents: it walks and draws in the page, so that the path follows the slider at once, also while the
// kernel is busy or gone. Python holds the state, and what is said of each landscape (widget.py).

import { address_of, flag, one_of, within_limits } from "../shared/address.js";
import { arrange, slider_value } from "../shared/controls.js";
import { laid_out, put, say, width_of } from "../shared/dom.js";
import { clamp, number, unpacked } from "../shared/numbers.js";
import { dress } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { begin, show_reader } from "../shared/view.js";
import { SCENES, SCHEDULES, SLIDERS, STYLES, beginning, page, rate_for, take } from "./controls.js";
import { corners, stretch, view_of } from "./ground.js";
import { start_by_hand, step_by_hand } from "./hand.js";
import { landscapes } from "./landscapes.js";
import { map_size, show_ground, show_start } from "./map.js";
import { pairs_of } from "./pairs.js";
import { FOOT, HEAD, ball_at, draw_map, draw_steps } from "./plot.js";
import { show_runs, show_sliders, show_state } from "./readings.js";
import { goals, judge, limit_with } from "./text.js";

const KEYS = [...Object.keys(SLIDERS), "landscape", "nesterov", "schedule", "start", "compare", "goal"];
/** @param {import("../shared/types").View} given */
function render(given) {
  const view = begin(given, "descent", page(given.model.get("_places")));
  const { id, find, all, get, set } = view;
  const maps = STYLES.map((style) => chart(find(`[data-map=${style}] svg.plot`)));
  const panels = ["loss", "lr"].map((name) => chart(find(`[data-panel=${name}]`)));
  const sights = {}; // how far the pictures have had to stretch: they do not shrink in the hand
  /** @type {any} */
  let shown = {};
  let draws = { seed: null, normals: [] };
  let waiting;
  const fast = get("momentum") > 0 ? ["momentum"] : []; // a slider that is in use is in sight
  const hand = step_by_hand(
    view,
    panels,
    () => shown.last,
    () => draw(),
    glide,
  );

  /** Put the balls where they are. Between two steps only these move: all else is drawn step by step. */
  function glide() {
    shown.points.forEach((points, i) => {
      put(find(`[data-map=${STYLES[i]}] .ball`), ball_at(points, hand.at(), hand.share()));
    });
  }

  const show_pairs = pairs_of(view);

  function noise() {
    const sent = get("_draws");
    if (draws.seed !== sent.seed) draws = { seed: sent.seed, normals: unpacked(sent.normals, Float64Array) };
    clearTimeout(waiting);
    const show = (missing) => {
      find(".note").hidden = !missing;
    };
    if (sent.seed === get("seed")) show(false);
    else {
      view.send();
      waiting = setTimeout(() => show(true), 2000);
    }
    return draws.normals;
  }

  /** The start stretches the landscape's part in the picture, which then stays so. */
  function sight_of(name, place, start) {
    const [before, seen] = sights[name] ?? [];
    const sight = stretch(before === place ? seen : place.bounds, start);
    sights[name] = [place, sight];
    return sight;
  }

  /** Make room for one path or two, and see how much there is. */
  function room_for(names, place) {
    given.el.classList.toggle("two", names.length > 1);
    STYLES.forEach((style, i) => {
      all(`[data-map=${style}], [data-values=${style}], [data-verdict=${style}]`).forEach((one) => {
        one.hidden = !names[i];
      });
    });
    const beside = width_of(find(".pictures")) >= 720 && names.length < 2;
    const home = find(beside ? ".pictures" : ".below"); // else the map and the slider would not be seen together
    if (find(".panels").parentNode !== home) home.append(find(".panels"));
    laid_out(given.el, [beside, names.length]);
    const size = map_size(maps.slice(0, names.length), place, view.tall(0.55));
    const [width] = panels.map((panel) => panel.room({ right: 50, least: 200 }).width);
    return { ...size, panel: { width, height: beside ? Math.round((size.height - HEAD - FOOT - 8) / 2) : 112 } };
  }

  function draw_maps(state, f, names, runs, at) {
    const { place, width, height, view: seen } = shown;
    const verdicts = runs.map((run) => judge(run, place, seen, state));
    STYLES.forEach((style, i) => {
      const figure = find(`[data-map=${style}]`);
      if (!runs[i]) return;
      const svg = figure.querySelector("svg.plot");
      const about = { place, f, view: seen, width, height, run: runs[i], at, verdict: verdicts[i], style };
      shown.points[i] = draw_map(maps[i], about);
      show_start(svg, shown.points[i][0], style);
      say(figure.querySelector("b"), names[i]);
      put(svg, { "aria-label": `${place.label}, ${names[i]}: ${verdicts[i].title}` });
      show_ground(figure.querySelector("img"), state.landscape, f, shown);
    });
    glide();
    return verdicts;
  }

  function draw_panels(state, f, runs, at, limits) {
    const { place, view: seen, panel } = shown;
    const about = { steps: state.steps, at, ...panel };
    const lowest = f.height(place.minima[0]);
    const top = Math.ceil(Math.log10(Math.max(...corners(seen, place.dim).map((corner) => f.height(corner) - lowest))));
    const losses = runs.map(({ loss }) => loss.map((value) => value - lowest));
    const highest = Math.max(...losses.map((values) => values.reduce((a, b) => Math.max(a, b), 0)));
    draw_steps(panels[0], {
      ...about,
      title: lowest === 0 ? "loss" : "loss above its minimum",
      name: "loss",
      lines: losses.map((values, i) => ({ style: STYLES[i], values })),
      low: Math.min(place.minima.length < 2 ? -8 : -4, top - 2),
      high: clamp(Math.ceil(Math.log10(highest)), top, top + 6), // what diverges is seen for some steps
      levels: state.goal && goals[state.goal].level ? [["goal", goals[state.goal].level]] : [],
    });
    const { min, max } = find("[data-key=lr]").scale;
    draw_steps(panels[1], {
      ...about,
      title: "learning rate used",
      name: "lr",
      stairs: true,
      lines: runs.map(({ lr: values }, i) => ({ style: STYLES[i], values })),
      low: Math.floor(min),
      high: Math.ceil(max),
      levels: limits,
    });
  }

  function draw() {
    const state = view.read(KEYS);
    const place = get("_places")[state.landscape];
    const f = landscapes[state.landscape](place.arguments);
    const start = beginning(state, place);
    const names = state.compare === null ? [state.schedule] : [state.schedule, state.compare];
    const runs = names.map((name) => take(name, state, place, noise()));
    const last = Math.max(...runs.map((run) => run.path.length)) - 1;
    const at = Math.min(hand.at(), last);
    const size = room_for(names, place);
    const seen = view_of(sight_of(state.landscape, place, start), f, size.width, size.height);
    shown = { place, start, last, view: seen, points: [], ...size };
    const limits = place.limits.map(([name, rate]) => [
      state.momentum && name === "2/c" ? "limit" : name,
      limit_with(rate, state),
    ]);

    // Alone, a constant rate is the ball's; beside another schedule it has its own colour, as in every figure.
    const looks = names.map((name) => (state.schedule === "constant" && !names[1] ? null : get("_looks")[name]));
    dress(given.el, STYLES, looks);
    arrange(view, [
      "rate",
      ...(goals[state.goal]?.needs ?? [...fast, ...SCHEDULES[state.schedule].sliders.slice(0, 2)]),
    ]);
    show_sliders(view, get("_limits"), state);
    const verdicts = draw_maps(state, f, names, runs, at);
    draw_panels(state, f, runs, at, limits);
    show_state(view, state, shown, limits);
    show_pairs(state, place, f);
    say(find("[data-play]"), hand.words());
    show_runs(view, names, runs, verdicts, at);
    show_reader(view, at, last, `${at} of ${state.steps}`);
    put(find("[data-reader]"), {
      "aria-valuetext": `step ${at}: loss ${number(runs[0].loss[Math.min(at, runs[0].loss.length - 1)])}`,
    });
    const goal = goals[state.goal];
    find(".scenes").hidden = Boolean(goal); // they would give it away
    const levels = goal ? [goal, ...(goal.harder ?? [])] : [];
    view.goal(...levels.map(({ text, ask }) => ({ text, ...ask(state, runs[0], verdicts[0], place) })));
  }

  find(".hint").id = `${id}-hint`;
  find("[data-key=lr]").setAttribute("aria-describedby", `${id}-lr-help ${id}-hint ${id}-limits`);
  view.on("input[data-key]", "input", (input) => set({ [input.dataset.key]: slider_value(input) }));
  view.on("[data-choice]", "change", ({ dataset: { choice }, value }) => {
    if (choice !== "landscape") return set({ [choice]: value || null });
    const state = view.read(KEYS);
    // Where a goal is asked, the rate is the student's to find.
    const lr = state.goal ? state.lr : rate_for(value, state, get("_places")[value], noise());
    return set({ landscape: value, start: null, lr });
  });
  view.on("[data-switch]", "change", (box) => set({ nesterov: box.checked }));
  view.on("[data-scene]", "click", (button) => {
    hand.to_end();
    set(SCENES[button.dataset.scene](get("_places").Bowl.limits[0][1]));
  });
  start_by_hand(view, maps, () => shown);
  view.on(".pairs", "toggle", () => draw());
  const end = view.run([...KEYS, "_places", "_draws"], draw);
  return () => {
    hand.stop();
    clearTimeout(waiting);
    end();
  };
}

/** A start is a number, or two, as many as the landscape that the address names has parameters. */
const sound_start = (value) =>
  value === null || [value].flat().every((part) => Number.isFinite(part) && Math.abs(part) < 100) ? value : undefined;
const sliders = Object.keys(SLIDERS).filter((key) => key !== "seed"); // another seed's noise comes from Python
const rules = address_of({
  ...Object.fromEntries(sliders.map((key) => [key, within_limits])),
  landscape: one_of((get_key) => Object.keys(get_key("_places"))),
  nesterov: flag,
  schedule: one_of(() => Object.keys(SCHEDULES)),
  compare: one_of(() => [null, ...Object.keys(SCHEDULES)]),
  start: sound_start,
});
const address = {
  ...rules,
  read(text, get) {
    const state = rules.read(text, get);
    const place = get("_places")[state.landscape ?? get("landscape")];
    if (state.start !== null && [state.start].flat().length !== place.dim) state.start = null;
    return state;
  },
};

export default { render, address };
