// The playground's state in a page's address, so that a link shows the same run. What an address says is taken only where the
// controls could have said it.

import { read_json, sound_values, write_json } from "../shared/address.js";

const IN_ADDRESS = [
  ...["data", "model", "width", "activation", "optimizer", "momentum", "nesterov"],
  ...["weight_decay", "batch_size", "updates", "noise", "seed", "seeds", "log_y"],
];

const is_rate = (value) => Number.isFinite(value) && value >= 0 && value <= 100;

function sound_schedule(found, entries) {
  const { name, values, warmup, points } = found ?? {};
  const steps = Number.isInteger(warmup) && warmup >= 0 && warmup <= 1000 ? warmup : 0;
  if (name === "drawn") {
    const good =
      Array.isArray(points) &&
      points.length > 1 &&
      points.length <= 100 &&
      points[0][0] === 0 &&
      points.every(([n, rate], i) => Number.isInteger(n) && is_rate(rate) && (i === 0 || n > points[i - 1][0]));
    return good ? { name, points, warmup: 0 } : null;
  }
  const entry = Object.hasOwn(entries, name) ? entries[name] : null;
  if (!entry || typeof values !== "object" || values === null) return null;
  return { name, values: sound_values(entry, values), warmup: steps };
}

export const address = {
  keys: ["schedule", ...IN_ADDRESS],
  /** The text for the address. */
  write: (get) => write_json(["schedule", ...IN_ADDRESS], get),
  /** What a text says of the state, as far as it makes sense. */
  read(text, get) {
    const said = read_json(text);
    const found = {};
    const [limits, choices] = [get("_limits"), get("_choices")];
    for (const key of IN_ADDRESS) {
      const [value, before] = [said[key], get(key)];
      if (typeof value !== typeof before) continue;
      if (key in choices ? !choices[key].includes(value) : false) continue;
      if (typeof value === "number") {
        const [low, high] = limits[key];
        const lowest = key === "weight_decay" ? 0 : low;
        if (
          !(value >= lowest && value <= high) ||
          (Number.isInteger(before) && Number.isInteger(low) && high > 1 && !Number.isInteger(value))
        )
          continue;
      }
      found[key] = value;
    }
    const schedule = sound_schedule(said.schedule, get("_entries"));
    return schedule ? { ...found, schedule } : found;
  },
};
