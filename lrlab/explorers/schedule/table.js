// The table of the curves, the one that one moves first.

import { OWN_KEYS } from "../shared/controls.js";
import { each_of, put, say } from "../shared/dom.js";
import { number } from "../shared/numbers.js";
import { sample } from "../shared/marks.js";
import { MARKERS } from "./plot.js";

// The roles are said, as a narrow page lays the rows out in another way, which would take them away.
const row = ({
  key,
}) => `<tr role="row"><th role="rowheader">${sample(key, MARKERS[key])}${key === "now" ? "" : `<b>${key}</b>`}
  <code data-words="${key}"></code></th><td role="cell" data-rate="${key}"></td><td role="cell" data-momentum="${key}"></td>
  <td role="cell"><button type="button" ${key === "now" ? "data-pin" : `data-unpin="${key}"`} ${OWN_KEYS}></button></td></tr>`;

/** Show each of `lines` with its values at the step `at`. */
export function show_table({ find, get }, lines, at) {
  const body = find(".lines tbody");
  const keys = lines.map(({ key }) => key).join();
  if (body.dataset.keys !== keys) body.innerHTML = each_of(lines, row); // else the texts alone: a button keeps the focus
  body.dataset.keys = keys;
  find(".lines").classList.toggle(
    "with-momentum",
    lines.some((one) => one.momentum),
  );
  lines.forEach(({ key, words, rates, momentum }) => {
    const own = key === "now";
    const of = (values) => (values?.[at] === undefined ? "–" : number(values[at]));
    say(find(`[data-words=${key}]`), words);
    say(find(`[data-rate=${key}]`), of(rates));
    say(find(`td[data-momentum=${key}]`), of(momentum));
    const button = find(own ? "[data-pin]" : `[data-unpin=${key}]`);
    say(button, own ? "Pin" : "Remove");
    put(button, { "aria-label": own ? "pin this curve to compare" : `remove ${key}, ${words}` });
    if (own) button.disabled = lines.length > get("_most_pins");
  });
}
