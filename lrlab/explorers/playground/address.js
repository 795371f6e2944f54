// The playground's state in a page's address.

import {
  address_of,
  flag,
  one_of,
  sound_points,
  sound_schedule,
  whole_within,
  within_limits,
} from "../shared/address.js";

const steps = whole_within(0, 1000);
const chosen = (value, get, key) => one_of(() => get("_choices")[key])(value, get, key);

function schedule(said, get) {
  if (said?.name === "drawn")
    return sound_points(said.points) ? { name: "drawn", points: said.points, warmup: 0 } : undefined;
  const sound = sound_schedule(said, get);
  return sound && { ...sound, warmup: steps(said.warmup, get, "warmup") ?? 0 };
}

export const address = address_of({
  schedule,
  ...Object.fromEntries(["data", "model", "activation", "optimizer"].map((key) => [key, chosen])),
  ...Object.fromEntries(
    ["width", "momentum", "batch_size", "updates", "noise", "seed", "seeds"].map((key) => [key, within_limits]),
  ),
  weight_decay: (value, get, key) => (value === 0 ? 0 : within_limits(value, get, key)),
  nesterov: flag,
  log_y: flag,
});
