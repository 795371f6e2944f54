// What the schedule explorer says of its goals.

import { number, within } from "../shared/numbers.js";

const share_of = (part) => `${number(100 * part, 3)} %`;

// A goal: what to do, and from the rates whether it is met, how far one is, and the rate that a ring marks at the end.
export const goals = {
  tenth: {
    harder: [
      {
        text: "The same, with a mean of at least half of the highest rate.",
        ask: (rates, highest) => {
          const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length / highest;
          const end = rates.at(-1) / highest;
          return {
            met: within(end, 0.1, 0.05) && mean >= 0.5,
            now: `It ends at ${share_of(end)} of it, the mean is ${share_of(mean)}.`,
            ring: highest / 10,
          };
        },
      },
    ],
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
