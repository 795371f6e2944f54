// The schedule explorer's state in a page's address, so that a link shows the same curves.

import { read_json, sound_values, write_json } from "../shared/address.js";
import { COMMON } from "./page.js";

const IN_ADDRESS = ["schedule", "compare", ...Object.keys(COMMON), "log_y"];

/** A schedule of the address, as the page has it; null where it has none of that name. */
function sound(found, entries) {
  const { name, values } = found ?? {};
  const entry = Object.hasOwn(entries, name) ? entries[name] : null;
  const good = entry?.in_page && typeof values === "object" && values !== null;
  return good ? { name, values: sound_values(entry, values) } : null;
}

export const address = {
  keys: IN_ADDRESS,
  /** The text for the address. */
  write: (get) => write_json(IN_ADDRESS, get),
  /** What a text says of the state, as far as it makes sense. */
  read(text, get) {
    const said = read_json(text);
    const found = {};
    const entries = get("_entries");
    const schedule = sound(said.schedule, entries);
    if (schedule) found.schedule = schedule;
    if (Array.isArray(said.compare)) {
      const pins = said.compare.map((pin) => sound(pin, entries)).filter(Boolean);
      found.compare = pins.slice(0, get("_most_pins"));
    }
    for (const [key, { low, high }] of Object.entries(COMMON)) {
      if (Number.isInteger(said[key]) && said[key] >= low && said[key] <= high) found[key] = said[key];
    }
    if (typeof said.log_y === "boolean") found.log_y = said.log_y;
    return found;
  },
};
