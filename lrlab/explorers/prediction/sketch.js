// A curve to sketch: points that a hand drags or keys move, and beside them, once compared, the truth.

import { OWN_KEYS } from "../shared/controls.js";
import { each_of, escaped, put } from "../shared/dom.js";
import { clamp, nearest, number } from "../shared/numbers.js";
import { line, px } from "../shared/marks.js";
import { chart } from "../shared/plot.js";
import { linear, round_values } from "../shared/scales.js";

const HEIGHT = 178;
const MOVES = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }; // in fortieths of the height

/** How far a sketch is from the truth: the mean distance, as a share of the y axis. */
export function distance(drawn, { truth, low, high }) {
  return drawn.reduce((sum, y, i) => sum + Math.abs(y - truth[i]), 0) / truth.length / (high - low);
}

/** The words for `sketch_in`, in the page. */
export const sketch_markup = '<svg class="plot" role="group" aria-label="A curve to sketch"></svg>';

/** Make the sketch of what is `asked` in `svg`. `drawn()` are its values, `move` gets new ones; returns what draws it. */
export function sketch_in(svg, asked, drawn, move) {
  const plot = chart(svg);
  const step = (asked.high - asked.low) / 40;
  const at = (i, value) => move(drawn().map((old, j) => (j === i ? clamp(value, asked.low, asked.high) : old)));
  const handles = () => [...svg.querySelectorAll("[role=slider]")];

  function build() {
    svg.insertAdjacentHTML(
      "beforeend",
      each_of(
        asked.x,
        (
          x,
        ) => `<circle r="6" tabindex="0" role="slider" ${OWN_KEYS} aria-valuemin="${asked.low}" aria-valuemax="${asked.high}"
          aria-label="${escaped(asked.y_name)} at ${escaped(asked.x_name)} ${x}"></circle>`,
      ),
    );
    handles().forEach((handle, i, all) => {
      handle.addEventListener("keydown", (event) => {
        const next = { ArrowRight: i + 1, ArrowLeft: i - 1 }[event.key];
        if (event.key in MOVES) at(i, drawn()[i] + step * MOVES[event.key]);
        else if (next !== undefined) all[next]?.focus();
        else return;
        event.preventDefault();
      });
    });
  }

  plot.follow((place) => at(nearest(asked.x, place.x), place.y));
  return (compared) => {
    const { width } = plot.room({ left: 62, least: 240 });
    const [first, last] = [asked.x[0], asked.x.at(-1)];
    const x = linear([first, last], [0, width], round_values(first, last, 5));
    const y = linear([asked.low, asked.high], [HEIGHT, 0], round_values(asked.low, asked.high, 4));
    const xs = asked.x.map(x);
    const truth = compared ? line("truth", xs, asked.truth.map(y)) : "";
    plot.draw({
      x,
      x_title: escaped(asked.x_name),
      panels: [
        {
          title: escaped(asked.y_name),
          y,
          height: HEIGHT,
          inside: [truth + line("sketched", xs, drawn().map(y))],
          over: compared
            ? `<text class="title" x="${width}" y="-12" text-anchor="end">solid: yours, dashed: the truth</text>`
            : "",
        },
      ],
    });
    if (!handles().length) build();
    handles().forEach((handle, i) => {
      const value = drawn()[i];
      put(handle, { cx: px(62 + xs[i]), cy: px(26 + y(value)), "aria-disabled": compared });
      put(handle, { "aria-valuenow": Number(value.toPrecision(3)), "aria-valuetext": number(value) });
    });
  };
}
