// What a hand does to a descent: it moves the start, the step, and lets the step run by itself.

import { clamp } from "../shared/numbers.js";
import { player } from "../shared/play.js";

const ARROWS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export const grid_of = (view) => 10 ** Math.floor(Math.log10((view[0][1] - view[0][0]) / 300));
const on_grid = (value, [low, high], grid) =>
  Number((Math.round(clamp(value, low, high) / grid) * grid).toPrecision(10));

/** Let the start be moved: on the maps (`charts`), and by a slider for each part. `now()` is what is drawn. */
export function start_by_hand(view, charts, now) {
  const move_to = (place) => {
    const { view: seen, start, place: ground } = now();
    const at = (there) => start.map((_, i) => on_grid(there[i], seen[i], grid_of(seen)));
    const parts = at(place);
    const own = at([ground.start].flat()).some((part, i) => part !== parts[i]); // else it is the landscape's
    view.set({ start: own ? (parts.length === 1 ? parts[0] : parts) : null });
  };
  const move_part = (input, value) => {
    const parts = [...now().start];
    parts[Number(input.dataset.place)] = value;
    move_to(parts);
  };
  view.on("[data-place]", "input", (input) => move_part(input, input.valueAsNumber));
  view.on("[data-place]", "keydown", (input, event) => {
    const by = ARROWS[event.key];
    if (by === undefined) return;
    event.preventDefault(); // the browser's own steps would not lie on the grid
    move_part(input, input.valueAsNumber + 5 * by * grid_of(now().view));
  });

  // The start goes where the pointer is: by dragging it, or by pressing anywhere on the landscape.
  view.all(".map svg.plot").forEach((svg, i) => {
    const go = (event) => {
      const { x, y } = charts[i].place(event);
      move_to([x, y]);
    };
    const on_start = (event) => event.target.classList.contains("start");
    let held = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && !on_start(event)) return; // a finger may only want to scroll: see click
      held = true;
      svg.setPointerCapture(event.pointerId);
      if (!on_start(event)) go(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (held) go(event);
    });
    ["pointerup", "pointercancel"].forEach((end) =>
      svg.addEventListener(end, () => {
        held = false;
      }),
    );
    svg.addEventListener("click", (event) => {
      if (event.pointerType === "touch" && !on_start(event)) go(event);
    });
  });
}

/**
 * The step that is shown: Infinity for the last one, however many there are. `last()` is how many, `draw` shows it, and
 * `glide` the ball on its way to the next one, of which `share` is done.
 */
export function step_by_hand(view, panels, last, draw, glide) {
  let at = Infinity;
  let share = 0;

  function show(step) {
    at = step >= last() ? Infinity : Math.max(0, step);
    draw();
  }
  const { press, stop, words } = player({
    at: () => at,
    last,
    show,
    loop: true,
    glide(done) {
      if (done === share) return;
      share = done;
      glide();
    },
  });
  function go(step) {
    stop();
    show(Math.round(step));
  }
  view.on("[data-reader]", "input", (input) => go(input.valueAsNumber));
  panels.forEach((panel) => {
    panel.follow((place) => go(place.x));
  });
  view.on("[data-play]", "click", press);
  return {
    at: () => at,
    share: () => share,
    to_end() {
      at = Infinity;
    },
    words,
    stop,
  };
}
