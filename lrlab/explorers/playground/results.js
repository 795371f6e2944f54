// The runs that the page needs: it has them made in workers, and holds what came of them.

import { PLANE } from "./points.js";
import { pool } from "./pool.js";
import { specs_of, summary, sweep_of } from "./runs.js";
import { goals } from "./text.js";
import { unpacked_digits } from "./unpack.js";

/**
 * What a view holds of runs. `also`: which measures are wanted; `show` and `show_sweep` draw what has come; `refuse` gets the
 * reason why no run can start.
 */
export function results_for(also, show, show_sweep, refuse) {
  const workers = pool(TRAINER, unpacked_digits(), refuse);
  /** @type {any} */
  const held = {
    now: null, // the run that is drawn, and the state that it is of
    pinned: {}, // the runs of A and B, by letter
    sweeps: { sweep: null, constant: null },
  };
  let pins = "";

  function train_pins({ _pins: wanted }) {
    const key = JSON.stringify(wanted);
    if (pins === key) return;
    pins = key;
    held.pinned = {};
    const specs = wanted.flatMap(({ state }) => specs_of(state));
    if (!specs.length) return;
    workers.ask("pins", specs, (results) => {
      let from = 0;
      wanted.forEach(({ key: letter, state }) => {
        held.pinned[letter] = summary(results.slice(from, from + state.seeds), state);
        from += state.seeds;
      });
      if (held.now) show();
    });
  }

  /** Make a sweep of `kind`, unless there is one of the same settings. */
  function sweep(kind, state) {
    const tried = sweep_of(state);
    const specs = tried.map(({ spec }) => spec);
    const key = JSON.stringify(specs);
    if (held.sweeps[kind]?.key === key) return;
    held.sweeps[kind] = { key, tried };
    workers.ask(
      "sweep",
      specs,
      () => show(),
      (results) => {
        held.sweeps[kind].tried = tried.map((one, i) => ({ ...one, result: results[i] }));
        if (kind === "sweep") show_sweep();
      },
    );
  }

  return {
    held,
    sweep,
    end: workers.end,
    /** Have the runs of this state made, and those of the pins and of a goal. */
    train(state) {
      const more = { grids: state.data in PLANE, sharpness: also.sharp };
      workers.ask("now", specs_of(state, more), (results) => {
        held.now = { run: summary(results, state), state };
        show();
      });
      train_pins(state);
      if (goals[state.goal]?.needs)
        sweep("constant", { ...state, schedule: { name: "Constant", values: { lr: 1 }, warmup: 0 } });
    },
    /** Forget a sweep of other settings. */
    drop_sweep(state) {
      const { sweep: before } = held.sweeps;
      if (before && before.key !== JSON.stringify(sweep_of(state).map(({ spec }) => spec))) held.sweeps.sweep = null;
    },
  };
}
