// The explorer of snapshot ensembles. What was trained is done; the page moves over it: which snapshots are in the ensemble,
// what they get wrong together, and the digits that divide them. Python holds the state and the results (widget.py).

import { address_of, one_of, some_of } from "../shared/address.js";
import { width_of } from "../shared/dom.js";
import { chart } from "../shared/plot.js";
import { begin } from "../shared/view.js";
import { build_digits, show_digit, show_tiles } from "./digits.js";
import { build_choice, page, show_choice } from "./page.js";
import { draw_ensemble } from "./plot.js";
import { answers, counts, levels_of_goal, open_run, sentence, since } from "./text.js";

const KEYS = ["chosen", "digit", "goal", "_run"];

/** @param {import("../shared/types").View} given */
function render(given) {
  const view = begin(given, "snapshots", page);
  const { find, get, set } = view;
  const plot = chart(find(".plot"));
  let run;
  let sent;
  let drawn;
  let said = [];
  let nearest_end = (_place) => 1;

  const choose_from = (from) => set({ chosen: since(run, from) });

  function toggle(box) {
    const k = Number(box.dataset.snapshot);
    const chosen = get("chosen");
    const next = box.checked ? [...chosen, k].sort((a, b) => a - b) : chosen.filter((one) => one !== k);
    if (next.length) set({ chosen: next });
    else box.checked = true; // an ensemble of none answers nothing: the last one stays
  }

  function build() {
    sent = get("_run");
    run = open_run(sent);
    drawn = undefined;
    build_choice(view, run);
    build_digits(view, run, (digit) => set({ digit }));
    view.on("[data-snapshot]", "change", toggle);
  }

  function draw() {
    if (sent !== get("_run")) build();
    const chosen = get("chosen");
    const place = Math.max(0, run.index.indexOf(get("digit")));
    // From digit to digit all the rest stays as it is, and what is not drawn again costs nothing.
    const state = JSON.stringify([chosen, width_of(find(".plot"))]);
    if (drawn !== state) {
      said = run.index.map((_, i) => answers(run, i, chosen));
      nearest_end = draw_ensemble(plot, run, chosen, view.tall());
      show_choice(view, run, chosen);
      show_tiles(view, run, said);
      find(".count").textContent = counts(run, said);
    }
    drawn = state;
    show_digit(view, run, place, said[place], chosen);
    view.speak(sentence(run, chosen, said[place], run.label[place]));
    view.goal(...levels_of_goal(run, get("goal"), chosen, said[place]));
  }

  const first = get("chosen");
  find("[data-many]").take_back = () => set({ chosen: first }); // which the slider alone could not tell
  view.on("[data-many]", "input", (input) => choose_from(run.cycles - input.valueAsNumber + 1));
  plot.follow((place) => choose_from(nearest_end(place)));
  return view.run(KEYS, draw);
}

const address = address_of({
  chosen: (value, get_key, key) => {
    const known = some_of(() => since(open_run(get_key("_run")), 1))(value, get_key, key);
    return known?.length ? known : undefined;
  },
  digit: one_of((get_key) => get_key("_run").index),
});

export default { render, address };
