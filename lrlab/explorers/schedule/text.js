// What the schedule explorer says: its goals, and the lines of Python that make what one sees.

import { number, within } from "../shared/numbers.js";

// ---- goals --------------------------------------------------------------------------------------------------

const share_of = (part) => `${number(100 * part, 3)} %`;

// A goal: what to do, and from the rates whether it is met, how far one is, and the rate that a ring marks at the end.
export const goals = {
  tenth: {
    text: "Make the last rate a tenth of the highest, in the ring.",
    ask: (rates, highest) => ({
      met: within(rates.at(-1), highest / 10, 0.05),
      now: `It is ${share_of(rates.at(-1) / highest)} of it.`,
      ring: highest / 10,
    }),
  },
  quarter: {
    text: "Make the mean of all rates a quarter of the highest.",
    ask: (rates, highest) => {
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      return { met: within(mean, highest / 4, 0.02), now: `It is ${share_of(mean / highest)} of it.` };
    },
  },
  warmup: {
    text: `Start at a tenth of the highest rate or below, reach the highest within 5 to 15 % of the steps, and end at a
      hundredth of it or below.`,
    ask: (rates, highest) => {
      const top = rates.indexOf(highest) / rates.length;
      const [first, last] = [rates[0], rates.at(-1)].map((r) => r / highest);
      return {
        met: first <= 0.1 + 1e-9 && top >= 0.05 && top <= 0.15 && last <= 0.01,
        now: `It starts at ${share_of(first)}, is highest after ${share_of(top)} of the steps, ends at ${share_of(last)}.`,
      };
    },
  },
  restarts: {
    text: "Make three cycles of the same length: two restarts at the highest rate, and the last cycle finished, too.",
    ask: (rates, highest) => {
      const starts = [];
      rates.forEach((rate, n) => {
        if (n && rate > 0.9 * highest && rates[n - 1] < 0.2 * highest) starts.push(n);
      });
      const [one, two] = starts;
      const equal = starts.length === 2 && Math.abs(two - 2 * one) <= 1;
      return {
        met: equal && rates.at(-1) < 0.05 * highest,
        now: `There ${starts.length === 1 ? "is 1 restart" : `are ${starts.length} restarts`}, and it ends at ${share_of(
          rates.at(-1) / highest,
        )} of the highest rate.`,
      };
    },
  },
};

// ---- lines of Python ----------------------------------------------------------------------------------------

/** A value as Python writes it; torch takes a whole number for no float where it asks for one. */
function literal(value, control) {
  if (typeof value === "number" && Number.isInteger(value) && value < 1e15 && !control?.whole) return `${value}.0`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `(${value.map(String).join(", ")}${value.length === 1 ? "," : ""})`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

const is_default = (field, values) =>
  "left_out" in field
    ? field.left_out
    : "default" in field && JSON.stringify(field.default) === JSON.stringify(values[field.name]);

/** `Cosine(0.1, T_max=100)`: what makes the schedule, without the defaults. */
export function python(entry, values) {
  let by_name = false;
  const written = entry.fields.flatMap((field) => {
    by_name ||= field.keyword;
    if (is_default(field, values)) {
      by_name = true; // the next ones can't go by their place
      return [];
    }
    const value = field.text ?? literal(values[field.name], field.control);
    return [by_name ? `${field.name}=${value}` : value];
  });
  return `${entry.class}(${written.join(", ")})`;
}

/** The same in torch: the optimizer with its rate, and the scheduler. `sent` comes with a curve from Python. */
export function torch(entry, values, sent) {
  const { text, call, fields = [] } = entry.torch ?? {};
  const own = "lr" in values;
  const written = (name) => literal(values[name], entry.fields.find((field) => field.name === name).control);
  let scheduler = sent ?? text?.replace(/\{(\w+)\}/g, (_, name) => written(name));
  if (call) {
    const given = entry.fields.filter((field) => fields.includes(field.name) && !is_default(field, values));
    scheduler = `${call}(${["optimizer", ...given.map(({ name }) => `${name}=${written(name)}`)].join(", ")})`;
  }
  const momentum = fields.includes("base_momentum") ? ", momentum=0.9" : "";
  const from = own && scheduler;
  const rate = from ? `, lr=${written("lr")}` : "";
  const note = from ? "" : "  # the scheduler sets the rate";
  return [
    ...(scheduler?.includes("math.") ? ["import math"] : []),
    `optimizer = torch.optim.SGD(model.parameters()${rate}${momentum})${note}`,
    `scheduler = ${scheduler ?? `${python(entry, values)}.attach(optimizer)`}`,
  ].join("\n");
}
