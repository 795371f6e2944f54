// The explorer of searches for a learning rate: moves through rates that were tried beforehand. Python holds the results
// and the rate that is chosen (widget.py).

import { address_of, flag, one_of } from "../shared/address.js";
import { log_tick, more, slider, stage } from "../shared/controls.js";
import { each_of, fill, laid_out, put, say, width_of } from "../shared/dom.js";
import { levels_from } from "../shared/levels.js";
import { finite, nearest, number, percent } from "../shared/numbers.js";
import { SHAPES } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { begin, spoken } from "../shared/view.js";
import { RULES, curves_layout, draw_curves, draw_rates, nearest_curve, unpack } from "./plot.js";

// A goal, and after it the next ones as its levels: what to do; `_targets` holds the place of the rate that reaches it.
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
    const lowest = Math.min(...finite(test.smooth));
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
  const lowest = Math.min(...finite(sweep.loss));
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

const hint = (labels, rule, lr) => `
  <button type="button" data-choose="${lr ?? ""}" ${lr === null ? "disabled" : ""}>
    <svg class="sign ${rule}" viewBox="-7 -7 14 14" aria-hidden="true"><path class="mark ${rule}" d="${SHAPES[RULES[rule].shape]}"/></svg>
    <span><span class="words">${labels[rule]}</span><span class="brief">${RULES[rule].short}</span></span>
    <b>${lr === null ? "no answer" : number(lr)}</b></button>`;
const hints = (title, suggestions, labels) => `
  <div class="hints" role="group" aria-label="${title}"><span>${title}</span>
    ${each_of(Object.entries(suggestions), ([rule, lr]) => hint(labels, rule, lr))}</div>`;

const page =
  ({ sweep, test }, labels) =>
  (id) =>
    `
  ${stage(`<div class="pictures${sweep ? " both" : ""}">
    ${sweep ? `<svg class="plot curves" role="img" aria-label="Training loss over the steps, one curve for each of ${sweep.lrs.length} rates, the chosen one strong"></svg>` : ""}
    <svg class="plot rates" role="img" aria-label="Loss against the learning rate, with the suggested rates marked"></svg></div>`)}
  <div class="main chosen-rate">${slider(`${id}-lr`, "learning rate", 'min="0" step="1" data-rate', "data-lr", "One of the learning rates that were tried.")}</div>
  <div class="outcome"><p><span class="sign" aria-hidden="true"></span><b data-words></b></p><p class="values"></p></div>
  ${spoken}
  <div class="below"></div>
  ${sweep ? hints("suggested by the sweep", sweep.suggestions, labels) : ""}
  ${test ? hints("suggested by the range test", test.suggestions, labels) : ""}
  ${more(`${log_tick(id, "logarithmic losses")}`)}`;

const KEYS = ["lr", "log_y", "goal"];

/** @param {import("../shared/types").View} given */
function render(given) {
  const { model, el } = given;
  const results = unpack(model.get("_sweep"), model.get("_range"));
  const { sweep, test } = results;
  const rates = model.get("_rates");
  const logs = rates.map(Math.log);
  const view = begin(given, "searches", page(results, model.get("_labels")));
  const { find, get, set } = view;
  const curves = sweep && chart(find(".curves"));
  const against = chart(find(".rates"));
  const place_of = (lr) => nearest(logs, Math.log(lr));
  const choose = (at) => set({ lr: rates[at] });
  let key;
  let layout;

  /** The place in the range test of a rate that it has tried, or -1. */
  function tested_at(lr) {
    const inside = test && lr >= test.lr[0] * (1 - 1e-9) && lr <= test.lr.at(-1) * (1 + 1e-9);
    return inside ? nearest(test.lr.map(Math.log), Math.log(lr)) : -1;
  }

  function draw_pictures({ lr, log_y: log }, at, tested) {
    const wide = Boolean(sweep) && width_of(el) >= 680;
    const tall = view.tall();
    find(".pictures").classList.toggle("wide", wide);
    // On a narrow page the curves go below, else the picture and the slider would not be seen together.
    const home = find(wide ? ".pictures" : ".below");
    if (sweep && find(".curves").parentNode !== home) home.prepend(find(".curves"));
    laid_out(el, wide);
    const key_now = [width_of(el), log].join();
    if (sweep) {
      if (key !== key_now) layout = curves_layout(curves, sweep, log, tall - 68);
      draw_curves(curves, layout, sweep, key_now, at);
    }
    key = key_now;
    draw_rates(against, { sweep, test, tall, log, key, lr, at, tested });
  }

  function draw() {
    const state = view.read(KEYS);
    const { lr, goal } = state;
    const at = place_of(lr);
    const tested = tested_at(lr);
    draw_pictures(state, at, tested);
    const { kind, words, values } = outcome(results, at, tested);
    find("[data-rate]").value = at;
    put(find("[data-rate]"), { "aria-valuetext": `${number(lr)}: ${words}` });
    say(find("[data-lr]"), `${number(lr)} (${at + 1} of ${rates.length})`);
    put(find(".outcome"), { class: `outcome ${kind}` });
    say(find(".outcome .sign"), kind === "gone" ? "✕" : kind === "best" ? "★" : "•");
    say(find("[data-words]"), words);
    fill(
      find(".values"),
      each_of(values, ([name, value]) => `<span>${name} <b>${value}</b></span>`),
    );
    find("[data-log]").checked = state.log_y;
    const said = values.map(([name, value]) => `${name} ${value.replace(/<[^>]*>/g, "")}`);
    view.speak(`Learning rate ${number(lr)}: ${words} ${said.join(", ")}`);
    const targets = get("_targets");
    const level = (name) => ({ met: at === targets[name], text: goals[name](results), now: "" });
    view.goal(...levels_from(goals, goal, targets, level));
  }

  find("[data-rate]").max = rates.length - 1;
  find("[data-rate]").place_of = (lr) => place_of(Math.max(lr, 1e-12));
  view.on("[data-rate]", "input", (input) => choose(input.valueAsNumber));
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  view.on("[data-choose]", "click", (button) => choose(place_of(Number(button.dataset.choose))));
  // Only while the button is down: what is chosen goes to Python, and should not change as the mouse passes by.
  curves?.follow((place) => choose(nearest_curve(layout, sweep, place_of(get("lr")), place)));
  against.follow((place) => choose(place_of(place.x)));
  return view.run(KEYS, draw);
}

const address = address_of({ lr: one_of((get_key) => get_key("_rates")), log_y: flag });

export default { render, address };
