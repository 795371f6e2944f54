// The explorer of descents: it walks and draws in the page, so that the path follows the slider at once, also while the
// kernel is busy or gone. Python holds the state, and what is said of each landscape (widget.py).

import { fill, number, put, say, show_goal } from "../shared/old_controls.js";
import { floats, landscapes } from "./landscapes.js";
import { limitWith, goals, judge, numeral } from "./text.js";
import { paintGround, plotPath, plotSteps, scales, stretch, viewOf } from "./plot.js";
import { SCENES, SCHEDULES, SLIDERS, STYLES, beginning, page, python, sample, take, zero } from "./controls.js";

const KEYS = [...Object.keys(SLIDERS), "landscape", "nesterov", "schedule", "start", "compare", "goal"];
const TALLEST = 430; // pixels: more would push what one drags out of sight
let views = 0;

function render({ model, el }) {
  const id = `lrlab-descent-${views++}`;
  const limits = model.get("_limits");
  el.classList.add("lrlab-explorer", "lrlab-descent");
  el.innerHTML = page(id, model.get("_places"));
  const find = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const scrub = find("[data-scrub]");
  const play = find("[data-play]");
  const spoken = find(".spoken");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const reach = { ...limits };
  const sights = {}; // how far sliders and pictures have had to stretch: they do not shrink in the hand
  let at = Infinity;
  let playing = 0;
  let timer;
  let waiting;
  let due = false;
  let alive = true;
  let shown = {};
  let draws = { seed: null };
  find(".hint").id = `${id}-hint`;
  find("[data-key=lr]").setAttribute("aria-describedby", `${id}-hint ${id}-limits`);

  const choose = (values) => {
    Object.entries(values).forEach(([key, value]) => model.set(key, value));
    model.save_changes();
  };
  /** @returns {any} */
  const read = () => Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));

  function noise() {
    const sent = model.get("_draws");
    if (draws.seed !== sent.seed) draws = { seed: sent.seed, normals: floats(sent.normals) };
    clearTimeout(waiting);
    if (sent.seed === model.get("seed")) find(".note").hidden = true;
    else
      waiting = setTimeout(() => {
        find(".note").hidden = false;
      }, 2000);
    return draws.normals;
  }

  function draw() {
    due = false;
    if (!alive) return;
    const state = read();
    const places = model.get("_places");
    const place = places[state.landscape];
    const f = landscapes[state.landscape](place.arguments);
    const start = beginning(state, place);
    const names = state.compare === null ? [state.schedule] : [state.schedule, state.compare];
    el.classList.toggle("two", names.length > 1);
    const runs = names.map((name) => take(name, state, place, noise()));
    const last = Math.max(...runs.map((run) => run.path.length)) - 1;
    const step = Math.min(at, last);

    const width = find(".ground").clientWidth || 460;
    const room = find(".panels svg").clientWidth || 340;
    const wide = find(".pictures").clientWidth >= 720;
    const sides = place.bounds.map(([low, high]) => high - low);
    const aspect = place.dim === 1 ? 1.35 : Math.min(1.7, Math.max(1, sides[0] / sides[1]));
    const box = { left: 46, top: 20, right: 12, bottom: 38 };
    const across = width - box.left - box.right;
    const inner = { width: place.dim === 1 ? across : Math.min(across, Math.round(TALLEST * aspect)) };
    inner.height = Math.round(Math.min(TALLEST, Math.max(200, inner.width / aspect)));
    box.right += across - inner.width;
    const [before, seen] = sights[state.landscape] ?? [];
    const sight = stretch(before === place ? seen : place.bounds, start);
    const view = viewOf(sight, f, inner.width, inner.height);
    sights[state.landscape] = [place, sight];
    const verdicts = runs.map((run) => judge(run, place, view, state));
    shown = { place, view, inner, box, last };

    STYLES.forEach((style, i) => {
      const figure = find(`[data-map=${style}]`);
      const run = runs[i];
      figure.hidden = !run;
      find(`[data-values=${style}]`).hidden = find(`[data-verdict=${style}]`).hidden = !run;
      if (!run) return;
      say(figure.querySelector("b"), names[i]);
      const svg = figure.querySelector("svg.plot");
      const [cx, cy] = plotPath(svg, { place, f, view, inner, box, run, at: step, verdict: verdicts[i], style });
      const handle = svg.querySelector(".start");
      put(handle, { cx: (cx + box.left).toFixed(1), cy: (cy + box.top).toFixed(1) });
      put(svg, { "aria-label": `${place.label}, ${names[i]}: ${verdicts[i].title}` });
      ground(figure.querySelector("canvas"), state.landscape, f);
      const [title, text] = find(`[data-verdict=${style}] > span`).children;
      find(`[data-verdict=${style}]`).dataset.kind = verdicts[i].kind;
      say(title, `${verdicts[i].title}.`);
      say(text, verdicts[i].text);
      const n = Math.min(step, run.path.length - 1);
      const where = run.path[n].map((part, k) => `<var>${"xy"[k]}</var> <b>${numeral(part)}</b>`);
      fill(
        find(`[data-values=${style}]`),
        `${sample(style)}<span>${where.join(" ")}</span> <span>loss <b data-loss>${numeral(run.loss[n])}</b></span>
        <span>next rate <b>${n < run.lr.length ? numeral(run.lr[n]) : "–"}</b></span>`,
      );
    });

    const panel = {
      steps: state.steps,
      at: step,
      width: room,
      height: wide && names.length < 2 ? Math.round((inner.height + box.top + box.bottom - 8) / 2) : 180,
    };
    const lowest = f.height(place.minima[0]);
    const single = place.minima.length < 2;
    const highest = Math.max(...corners(view, place.dim).map((corner) => f.height(corner) - lowest));
    const top = Math.ceil(Math.log10(highest));
    const limits = place.limits.map(([name, rate]) => [
      state.momentum && name === "2/c" ? "limit" : name,
      limitWith(rate, state),
    ]);
    const from_loss = plotSteps(find("[data-panel=loss]"), {
      ...panel,
      title: lowest === 0 ? "loss" : "loss above its minimum",
      data: "loss",
      lines: runs.map(({ loss }, i) => ({ style: STYLES[i], values: loss.map((value) => value - lowest) })),
      low: Math.min(single ? -8 : -4, top - 2),
      high: top,
      levels: state.goal && goals[state.goal].level ? [["goal", goals[state.goal].level]] : [],
    });
    const lr = ends("lr", state.lr);
    plotSteps(find("[data-panel=lr]"), {
      ...panel,
      title: "learning rate used",
      data: "lr",
      stairs: true,
      lines: runs.map(({ lr: values }, i) => ({ style: STYLES[i], values })),
      low: Math.floor(Math.log10(lr[0])),
      high: Math.ceil(Math.log10(lr[1])),
      levels: limits,
    });
    shown.step = from_loss;

    controls(state, place, limits, view);
    put(scrub, { max: last });
    scrub.value = step;
    say(find("[data-at]"), `${step} of ${state.steps}`);
    scrub.setAttribute(
      "aria-valuetext",
      `step ${step}: loss ${numeral(runs[0].loss[Math.min(step, runs[0].loss.length - 1)])}`,
    );
    clearTimeout(timer); // spoken once the hand rests: a sentence for every pixel of a drag helps nobody
    timer = setTimeout(() => {
      const words = verdicts
        .map(({ title, text }, i) => `${names.length > 1 ? `${names[i]}: ` : ""}${title}. ${text}`)
        .join(" ");
      if (spoken.textContent !== words) spoken.textContent = words;
    }, 500);

    const goal = state.goal && goals[state.goal].ask(state, runs[0], verdicts[0], place);
    show_goal(find(".goal"), goal && { ...goal, text: goals[state.goal].text });
    find(".scenes").hidden = Boolean(goal); // they would give it away
    if (model.get("goal_met") !== Boolean(goal?.met)) choose({ goal_met: Boolean(goal?.met) });
  }

  function ground(canvas, name, f) {
    const { place, view, inner, box } = shown;
    const key = JSON.stringify([name, place.arguments, view, inner, window.devicePixelRatio]);
    canvas.hidden = place.dim === 1;
    if (canvas.hidden || canvas.dataset.key === key) return;
    canvas.dataset.key = key;
    Object.assign(canvas.style, {
      left: `${box.left}px`,
      top: `${box.top}px`,
      width: `${inner.width}px`,
      height: `${inner.height}px`,
    });
    paintGround(canvas, f, view, inner.width, inner.height);
  }

  /** Where a slider ends: where Python says, or at a value beyond that it has had. */
  function ends(key, value) {
    const [low, high] = reach[key];
    const there = value === 0 && SLIDERS[key].log ? low : value;
    reach[key] = [Math.min(low, there), Math.max(high, there)];
    return reach[key];
  }

  function controls(state, place, limits, view) {
    all("input[data-key]").forEach((input) => {
      const key = input.dataset.key;
      const value = state[key];
      const [low, high] = ends(key, value);
      const kind = SLIDERS[key];
      const set = kind.log
        ? { min: kind.zero ? zero(0, low) : Math.log10(low), max: Math.log10(high), step: 0.01 }
        : { min: low, max: high, step: kind.step };
      put(input, set);
      input.value = kind.log ? zero(value, low) : value;
      put(input, { "aria-valuetext": number(value, 4) });
    });
    all("[data-number]").forEach((slot) => say(slot, number(state[slot.dataset.number], 4)));
    const used = new Set([state.schedule, state.compare].filter(Boolean).flatMap((name) => SCHEDULES[name].sliders));
    all(".card [data-slider]").forEach(({ dataset, classList }) => {
      const key = dataset.slider;
      classList.toggle(
        "off",
        (key in SLIDERS && /^(step_|exp|T_|eta)/.test(key) && !used.has(key)) || (key === "seed" && !state.noise),
      );
    });
    all("[data-choice]").forEach((choice) => {
      choice.value = state[choice.dataset.choice] ?? "";
    });
    find("[data-switch]").checked = state.nesterov;
    say(find(".words"), place.words);
    const start = beginning(state, place);
    all("[data-place]").forEach((input) => {
      const i = Number(input.dataset.place);
      const there = i < place.dim;
      input.closest(".slider").hidden = !there;
      if (!there) return;
      const [low, high] = view[i];
      const grid = gridOf(view);
      put(input, { min: low.toFixed(6), max: high.toFixed(6), step: "any" });
      input.value = start[i];
      input.dataset.grid = grid;
      put(input, { "aria-valuetext": numeral(start[i]) });
      say(find(`[data-start="${i}"]`), numeral(start[i]));
    });
    const [low, high] = reach.lr.map(Math.log10);
    fill(
      find(".limits"),
      limits
        .map(([name, rate]) => {
          const share = Math.max(0, Math.min(1, (Math.log10(rate) - low) / (high - low)));
          return `<span style="left: calc(8px + ${share} * (100% - 16px))"><i></i><em style="transform: translateX(${-100 * share}%)">${name}${name === "2/c" ? " =" : ""} ${number(rate)}</em></span>`;
        })
        .join(" "),
    );
    fill(
      find(".rate-name"),
      state.schedule === "constant" ? "<var>η</var> learning rate" : "<var>η</var><sub>0</sub> initial learning rate",
    );
    say(find("pre"), python(state, place));
    say(play, calm.matches ? "one step on" : playing ? "pause" : "play");
  }

  const later = () => {
    if (!due) queueMicrotask(draw); // a scene moves many values at once: one picture
    due = true;
  };
  const gridOf = (view) => 10 ** Math.floor(Math.log10((view[0][1] - view[0][0]) / 300));
  const round = (value, grid) => Number((Math.round(value / grid) * grid).toPrecision(10));
  const startAt = (values) => choose({ start: values.length === 1 ? values[0] : values });

  all("input[data-key]").forEach((input) =>
    input.addEventListener("input", () => {
      const key = input.dataset.key;
      const [low, high] = reach[key];
      const kind = SLIDERS[key];
      const raw = input.valueAsNumber;
      const value = kind.log
        ? kind.zero && raw < Math.log10(low) - 0.05
          ? 0
          : Math.min(high, Math.max(low, 10 ** raw))
        : raw;
      choose({ [key]: kind.step === 1 ? Math.round(value) : Number(value.toPrecision(3)) });
    }),
  );
  all("[data-place]").forEach((input) =>
    input.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (by === undefined) return;
      event.preventDefault(); // the browser's own steps would not lie on the grid
      move(input, input.valueAsNumber + by * Number(input.dataset.grid) * 5);
    }),
  );
  const move = (input, value) => {
    const state = read();
    const place = model.get("_places")[state.landscape];
    const start = [...beginning(state, place)];
    const [low, high] = shown.view[Number(input.dataset.place)];
    start[Number(input.dataset.place)] = round(Math.min(high, Math.max(low, value)), Number(input.dataset.grid));
    startAt(start);
  };
  all("[data-place]").forEach((input) => input.addEventListener("input", () => move(input, input.valueAsNumber)));
  all("[data-choice]").forEach((choice) =>
    choice.addEventListener("change", () => {
      const key = choice.dataset.choice;
      choose(key === "landscape" ? { landscape: choice.value, start: null } : { [key]: choice.value || null });
    }),
  );
  find("[data-switch]").addEventListener("change", (event) => choose({ nesterov: event.target.checked }));
  all("[data-scene]").forEach((button) =>
    button.addEventListener("click", () => {
      at = Infinity;
      choose(SCENES[button.dataset.scene](model.get("_places").Bowl.limits[0][1]));
    }),
  );

  // The start goes where the pointer is: by dragging it, or by pressing anywhere on the landscape.
  all(".map svg.plot").forEach((svg) => {
    const place_of = (event) => {
      const { left, top, width } = svg.getBoundingClientRect();
      const { view, inner, box, place } = shown;
      const scale = (inner.width + box.left + box.right) / width;
      const spot = scales(view, inner).back(
        (event.clientX - left) * scale - box.left,
        (event.clientY - top) * scale - box.top,
      );
      return spot
        .slice(0, place.dim)
        .map((part, i) => round(Math.min(view[i][1], Math.max(view[i][0], part)), gridOf(view)));
    };
    const hit = (event) => event.target.classList.contains("start");
    let held = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && !hit(event)) return; // a finger may only want to scroll: see click
      held = true;
      svg.setPointerCapture(event.pointerId);
      if (!hit(event)) startAt(place_of(event));
    });
    svg.addEventListener("pointermove", (event) => {
      if (held) startAt(place_of(event));
    });
    ["pointerup", "pointercancel"].forEach((end) =>
      svg.addEventListener(end, () => {
        held = false;
      }),
    );
    svg.addEventListener("click", (event) => {
      if (event.pointerType === "touch" && !hit(event)) startAt(place_of(event));
    });
  });

  const go = (step) => {
    at = step >= shown.last ? Infinity : step;
    draw();
  }; // at the end it stays at the end
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = 0;
  };
  scrub.addEventListener("input", () => {
    stop();
    go(scrub.valueAsNumber);
  });
  all("[data-panel]").forEach((svg) => {
    let held = false;
    svg.addEventListener("pointerdown", (event) => {
      held = true;
      svg.setPointerCapture(event.pointerId);
      stop();
      go(shown.step(event.clientX));
    });
    svg.addEventListener("pointermove", (event) => {
      if (held) go(shown.step(event.clientX));
    });
    ["pointerup", "pointercancel"].forEach((end) =>
      svg.addEventListener(end, () => {
        held = false;
      }),
    );
  });
  play.addEventListener("click", () => {
    if (calm.matches) return go(at === Infinity ? 0 : at + 1);
    if (playing) {
      stop();
      return draw();
    }
    const from = at === Infinity ? 0 : at;
    const begun = performance.now();
    const pace = Math.max(8, shown.last / 8); // 8 s at most
    const frame = (now) => {
      const step = from + Math.floor(((now - begun) / 1000) * pace);
      playing = step >= shown.last ? 0 : requestAnimationFrame(frame);
      if (step !== at) go(Math.max(0, step));
    };
    playing = requestAnimationFrame(frame);
    return undefined;
  });

  const watched = [...KEYS, "_places", "_draws"].map((key) => `change:${key}`);
  watched.forEach((event) => model.on(event, later));
  let wide = 0; // the height follows from what is drawn
  const resized = new ResizeObserver(() => {
    if (el.clientWidth === wide) return;
    wide = el.clientWidth;
    draw();
  });
  resized.observe(el);
  draw();
  return () => {
    alive = false;
    resized.disconnect();
    clearTimeout(timer);
    clearTimeout(waiting);
    stop();
    watched.forEach((event) => model.off(event, later));
  };
}

/** The corners of a view, for its highest loss. */
const corners = ([x, y], dim) =>
  dim === 1 ? x.map((one) => [one]) : x.flatMap((one) => y.map((other) => [one, other]));

export default { render };
