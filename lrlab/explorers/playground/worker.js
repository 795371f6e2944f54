// What runs in a worker, or, where a page allows none, in the page: one run at a time, in slices, so that it hears that
// its run is not wanted any more.

import { take_digits } from "./data.js";
import { run } from "./train.js";

const SLICE = 25; // milliseconds

/** What takes messages ({digits}, {id, spec}, or {stop: true}) and calls `post` with {id, result} or {id, stopped: true}. */
export function serve(post) {
  let turn = 0;
  let start;
  const ready = new Promise((resolve) => {
    start = resolve;
  });

  async function work(id, spec) {
    const mine = ++turn;
    await ready;
    if (mine !== turn) return post({ id, stopped: true });
    let result;
    let begun = performance.now();
    for (result of run(spec)) {
      if (performance.now() - begun < SLICE) continue;
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
      if (mine !== turn) return post({ id, stopped: true });
      begun = performance.now();
    }
    return post({ id, result });
  }

  return ({ digits, id, spec, stop }) => {
    if (digits) {
      take_digits(digits);
      start();
    } else if (stop) turn += 1;
    else work(id, spec);
  };
}

/** @type {any} */
const scope = globalThis;
if (typeof scope.WorkerGlobalScope !== "undefined") {
  const answer = serve((message) => scope.postMessage(message));
  scope.onmessage = ({ data }) => answer(data);
}
