// The schedule in other libraries, where they have the same curve.

import { each_of, say } from "../shared/dom.js";
import { elsewhere } from "../shared/python.js";
import { code } from "./page.js";

/**
 * Show the lines for each library. The rows are made again only for another schedule: a button keeps the focus, and nothing
 * jumps while a slider is dragged.
 */
export function show_elsewhere({ find }, entry, values) {
  const calls = elsewhere(entry, values);
  const [fold, rows] = [find(".elsewhere"), find(".elsewhere .codes")];
  const names = calls.map(({ library }) => library).join(", ");
  fold.hidden = !calls.length;
  if (rows.dataset.names !== names) {
    say(find(".elsewhere summary"), `The same in ${names}`);
    rows.innerHTML = each_of(calls, ({ library }) => code(library, library));
    rows.dataset.names = names;
  }
  calls.forEach(({ library, text }) => {
    say(find(`[data-code=${library}]`), text ?? `# ${library} has no such curve with these numbers`);
  });
}
