// The explorer of searches for a learning rate: moves through rates that were tried beforehand. Python holds the results
// and the rate that is chosen (widget.py).

import { fill, goal_line, number, put, range, say, show_goal } from "../shared/old_controls.js";
import { nearest, percent } from "../shared/axes.js";
import { plot_curves, plot_rates, RULES, unpack } from "./plot.js";

// A goal: what to do; `_targets` holds the place of the rate that reaches it.
export const goals = {
  best: ({ sweep }) =>
    sweep
      ? "Choose the rate with the lowest validation loss."
      : "Choose the rate at which the moving average is lowest.",
  highest: () => "Choose the highest rate whose validation loss is still within 10 % of the lowest.",
  diverges: ({ sweep }) =>
    sweep ? "Choose the lowest rate that diverges." : "Choose the rate at which the test gave up.",
};

/** What came of the rate at place `at`: a sign, a sentence, and names with values. */
export function outcome({ sweep, test }, at, tested) {
  const of_test = tested < 0 ? [] : [["range test, moving average", number(test.smooth[tested])]];
  if (!sweep) {
    const lowest = Math.min(...test.smooth.filter(Number.isFinite));
    const smooth = test.smooth[at];
    const values = [
      ["loss of this batch", number(test.loss[at])],
      ["moving average", number(smooth)],
    ];
    if (test.stopped && at === test.lr.length - 1)
      return {
        kind: "gone",
        words: `The test gave up here: the loss ${test.stopped === "diverged" ? "had diverged" : "was not finite"}.`,
        values,
      };
    if (smooth === Math.fround(lowest)) return { kind: "best", words: "The lowest moving average.", values };
    return { kind: "", words: `${number(smooth / lowest)} times the lowest moving average.`, values };
  }
  const loss = sweep.loss[at];
  const lowest = Math.min(...sweep.loss.filter(Number.isFinite));
  const gone = sweep.diverged[at];
  const several = sweep.seeds > 1;
  const curve = sweep.curves[at];
  const spread =
    several && Number.isFinite(loss) ? ` <i>(${number(sweep.low[at])} to ${number(sweep.high[at])})</i>` : "";
  const values = [
    ["validation loss", number(loss) + spread],
    ["validation accuracy", percent(sweep.accuracy[at])],
    ["training loss at the end", number(curve.at(-1))],
    ...of_test,
  ];
  if (gone)
    return { kind: "gone", words: `Diverged${several ? ` with ${gone} of ${sweep.seeds} seeds` : ""}.`, values };
  if (!sweep.done[at]) return { kind: "", words: "Not trained: the sweep was interrupted.", values };
  if (loss === lowest) return { kind: "best", words: "The lowest validation loss of all.", values };
  if (loss <= 1.1 * lowest) return { kind: "", words: "Within 10 % of the lowest validation loss.", values };
  return { kind: "", words: `${number(loss / lowest)} times the lowest validation loss.`, values };
}

const hints = (
  title,
  suggestions,
  labels,
) => `<div class="hints" role="group" aria-label="${title}"><span>${title}</span>
  ${Object.entries(suggestions)
    .map(
      ([rule, lr]) => `<button type="button" data-choose="${lr ?? ""}" ${lr === null ? "disabled" : ""}>
    <svg class="sign ${rule}" viewBox="-7 -7 14 14" aria-hidden="true"><path class="mark ${rule}" d="${RULES[rule].mark}"/></svg>${`<span class="words">${labels[rule]}</span><span class="brief">${RULES[rule].short}</span>`} <b>${lr === null ? "no answer" : number(lr)}</b></button>`,
    )
    .join("")}</div>`;

const page = (id, { sweep, test }, labels) => `
  ${goal_line}
  <div class="slider chosen-rate"><label for="${id}-lr">learning rate</label><output for="${id}-lr" data-lr></output>
    ${range(`${id}-lr`, 'min="0" step="1" data-rate')}</div>
  <div class="outcome"><p><span class="sign" aria-hidden="true"></span><b data-words></b></p><p class="values"></p></div>
  <span class="spoken" aria-live="polite"></span>
  <div class="pictures${sweep ? " both" : ""}">
    ${sweep ? `<svg class="plot curves" role="img" aria-label="Training loss over the steps, one curve for each of ${sweep.lrs.length} rates, the chosen one strong"></svg>` : ""}
    <svg class="plot rates" role="img" aria-label="Loss against the learning rate, with the suggested rates marked"></svg></div>
  ${sweep ? hints("suggested by the sweep", sweep.suggestions, labels) : ""}
  ${test ? hints("suggested by the range test", test.suggestions, labels) : ""}
  <label class="switch"><input type="checkbox" data-log>logarithmic losses</label>`;

const KEYS = ["lr", "log_y", "goal"];
let views = 0;

function render({ model, el }) {
  const results = unpack(model.get("_sweep"), model.get("_range"));
  const { sweep, test } = results;
  const rates = model.get("_rates");
  const logs = rates.map(Math.log);
  const targets = model.get("_targets");
  el.classList.add("lrlab-explorer", "lrlab-searches");
  el.innerHTML = page(`lrlab-searches-${views++}`, results, model.get("_labels"));
  const find = (selector) => el.querySelector(selector);
  const slider = find("[data-rate]");
  const spoken = find(".spoken");
  const pictures = find(".pictures");
  const curves = find(".curves");
  const against = find(".rates");
  let nearest_curve;
  let nearest_rate;
  let timer;

  const set = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const choose = (at) => {
    if (rates[at] !== model.get("lr")) set("lr", rates[at]);
  };
  const place_of = (lr) => nearest(logs, Math.log(lr));

  function draw() {
    const lr = model.get("lr");
    const log = model.get("log_y");
    const goal = model.get("goal");
    const at = place_of(lr);
    const inside = test && lr >= test.lr[0] * (1 - 1e-9) && lr <= test.lr.at(-1) * (1 + 1e-9);
    const tested = inside ? nearest(test.lr.map(Math.log), Math.log(lr)) : -1;
    pictures.classList.toggle("wide", Boolean(sweep) && el.clientWidth >= 680);
    if (sweep) nearest_curve = plot_curves(curves, { sweep, log, at });
    nearest_rate = plot_rates(against, { sweep, test, rates, log, lr, at, tested });

    const { kind, words, values } = outcome(results, at, tested);
    slider.value = at;
    put(slider, { "aria-valuetext": `${number(lr)}: ${words}` });
    say(find("[data-lr]"), `${number(lr)} (${at + 1} of ${rates.length})`);
    put(find(".outcome"), { class: `outcome ${kind}` });
    say(find(".outcome .sign"), kind === "gone" ? "✕" : kind === "best" ? "★" : "•");
    say(find("[data-words]"), words);
    fill(find(".values"), values.map(([name, value]) => `<span>${name} <b>${value}</b></span>`).join(""));
    find("[data-log]").checked = log;
    clearTimeout(timer); // spoken once the hand rests: a sentence for every rate on the way helps nobody
    timer = setTimeout(() => {
      const said = values.map(([name, value]) => `${name} ${value.replace(/<[^>]*>/g, "")}`);
      spoken.textContent = `Learning rate ${number(lr)}: ${words} ${said.join(", ")}`;
    }, 500);

    const met = Boolean(goal) && at === targets[goal];
    show_goal(find(".goal"), goal && { met, text: goals[goal](results), now: "" });
    if (model.get("goal_met") !== met) set("goal_met", met);
  }

  slider.max = rates.length - 1;
  slider.addEventListener("input", () => choose(slider.valueAsNumber));
  find("[data-log]").addEventListener("change", (event) => set("log_y", event.target.checked));
  el.querySelectorAll("[data-choose]").forEach((button) => {
    button.addEventListener("click", () => choose(place_of(Number(button.dataset.choose))));
  });
  // Only while the button is down: what is chosen goes to Python, and should not change as the mouse passes by.
  for (const [svg, find_place] of [
    [curves, (e) => nearest_curve(e.clientX, e.clientY)],
    [against, (e) => nearest_rate(e.clientX)],
  ]) {
    const follow = (event) => {
      if (event.buttons & 1) choose(find_place(event));
    };
    svg?.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      follow(event);
    });
    svg?.addEventListener("pointermove", follow);
  }
  KEYS.forEach((key) => model.on(`change:${key}`, draw));
  const size = new ResizeObserver(draw);
  size.observe(el);
  draw();
  return () => {
    size.disconnect();
    clearTimeout(timer);
    KEYS.forEach((key) => model.off(`change:${key}`, draw));
  };
}

export default { render };
