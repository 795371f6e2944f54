// The playground's other controls: network, data, optimizer and measures, A and B, and a run with a hidden mistake.

import { set_slider, slider_value } from "../shared/controls.js";
import { copy } from "../shared/copy.js";
import { say } from "../shared/dom.js";
import { number } from "../shared/numbers.js";
import { MISTAKES, OPTIMIZERS, SLIDERS } from "./page.js";
import { code } from "./text.js";

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

/** A run with a hidden mistake: another one at each press, and whether the guess is right. */
function diagnose_by_hand({ find, on, get, set }) {
  let cases = 0;
  on("[data-diagnose]", "click", () => {
    const every = Object.keys(MISTAKES);
    cases += 1;
    find("[data-case]").value = "";
    say(find("[data-answer]"), "");
    set({ _mistake: every[(cases * 3 + get("seed")) % every.length] });
  });
  on("[data-case]", "change", ({ value: guess }) => {
    if (!guess) return;
    const right = guess === get("_mistake");
    const words = right
      ? `Yes: ${MISTAKES[guess]}. The run is honest again.`
      : "No. Change the learning rate and look at the measures.";
    say(find("[data-answer]"), words);
    if (!right) return;
    set({ _mistake: "" });
    find(".case").hidden = false;
  });
}

/**
 * Wire the controls; `also` are the measures that are on, `state_of` the state to hold, `redraw` draws. Returns what shows
 * a state.
 */
export function controls_for(view, also, state_of, redraw) {
  const { find, all, get, set } = view;
  const limits = get("_limits");

  function hold(key) {
    const { _pins: _, _entries: __, ...state } = state_of();
    const others = get("_pins").filter((one) => one.key !== key);
    set({ _pins: [...others, { key, state }].sort((a, b) => (a.key < b.key ? -1 : 1)) });
  }
  view.on("[data-key]", "input", (input) => set({ [input.dataset.key]: slider_value(input) }));
  view.on("[data-choice]", "change", (box) => set({ [box.dataset.choice]: box.value }));
  view.on("[data-nesterov]", "change", (box) => set({ nesterov: box.checked }));
  view.on("[data-log]", "change", (box) => set({ log_y: box.checked }));
  Object.keys(also).forEach((name) => {
    view.on(`[data-${name}]`, "change", (box) => {
      also[name] = box.checked;
      redraw();
    });
  });
  view.on("[data-pin]", "click", (button) => hold(button.dataset.pin));
  view.on("[data-clear]", "click", () => set({ _pins: [] }));
  view.on("[data-copy]", "click", (button) => copy(view, button));
  diagnose_by_hand(view);

  const folds = all("details");
  view.on("details", "toggle", () => {
    const open = folds.filter((one) => one.open).map((one) => one.dataset.fold);
    if (JSON.stringify(open) !== JSON.stringify(get("show"))) set({ show: open });
  });
  folds.forEach((fold) => {
    fold.open = get("show").includes(fold.dataset.fold);
  });

  return (state) => {
    Object.entries(SLIDERS).forEach(([key, control]) => {
      const [low, high] = limits[key];
      const text = key === "noise" ? `${number(100 * state[key])} %` : number(state[key]);
      set_slider(find(`[data-key=${key}]`), { ...control, low, high }, state[key], text);
    });
    all("[data-choice]").forEach((box) => {
      box.value = state[box.dataset.choice];
    });
    say(find("[id$=-optimizer-help]"), OPTIMIZERS[state.optimizer]);
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
    say(find("[data-code=lrlab]"), code(state, state._entries, DEFAULTS));
  };
}
