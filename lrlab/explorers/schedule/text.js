// What the schedule explorer says of its goals.

import { number, within } from "../shared/numbers.js";

const mean_of = (rates) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
const share_of = (part) => `${number(100 * part, 3)} %`;

/** The goal of a warm-up and a long way down, with a mean of at least `least` of the highest rate. */
const warmed_up = (least, text) => ({
  text,
  ask(rates, highest) {
    const top = rates.indexOf(highest) / rates.length;
    const [first, last, mean] = [rates[0], rates.at(-1), mean_of(rates)].map((rate) => rate / highest);
    return {
      met: first <= 0.1 + 1e-9 && top >= 0.05 && top <= 0.15 && last <= 0.01 && mean >= least,
      now: `It starts at ${share_of(first)}, is highest after ${share_of(top)} of the steps, ends at ${share_of(last)}${least ? `; the mean is ${share_of(mean)}` : ""}.`,
    };
  },
});

/** The goal of so many cycles of one length. */
const in_cycles = (many, text) => ({
  text,
  ask(rates, highest) {
    const starts = [0];
    rates.forEach((rate, n) => {
      if (n && rate > 0.9 * highest && rates[n - 1] < 0.2 * highest) starts.push(n);
    });
    const equal =
      starts.length === many && starts.every((start, i) => Math.abs(start - i * starts[1]) <= Math.max(0, i - 1));
    const times = starts.length - 1;
    return {
      met: equal && rates.at(-1) < 0.05 * highest,
      now: `There ${times === 1 ? "is 1 restart" : `are ${times} restarts`}, and it ends at ${share_of(
        rates.at(-1) / highest,
      )} of the highest rate.`,
    };
  },
});

// A goal, and `harder` ones that come after it: what to do, and from the rates whether it is met, how far one is, and the rate that a ring marks at the end.
export const goals = {
  tenth: {
    harder: [
      {
        text: "The same, with a mean of at least half of the highest learning rate.",
        ask: (rates, highest) => {
          const mean = mean_of(rates) / highest;
          const end = rates.at(-1) / highest;
          return {
            met: within(end, 0.1, 0.05) && mean >= 0.5,
            now: `It ends at ${share_of(end)} of it, the mean is ${share_of(mean)}.`,
            ring: highest / 10,
          };
        },
      },
    ],
    text: "Make the last learning rate a tenth of the highest, in the ring.",
    ask: (rates, highest) => ({
      met: within(rates.at(-1), highest / 10, 0.05),
      now: `It is ${share_of(rates.at(-1) / highest)} of it.`,
      ring: highest / 10,
    }),
  },
  quarter: {
    harder: [
      {
        text: "The same, and still end at a twentieth of the highest learning rate or above: the formula matters.",
        ask: (rates, highest) => {
          const [mean, end] = [mean_of(rates) / highest, rates.at(-1) / highest];
          return {
            met: within(mean, 0.25, 0.02) && end >= 0.05,
            now: `The mean is ${share_of(mean)} of it, the end ${share_of(end)}.`,
          };
        },
      },
    ],
    text: "Make the mean of all learning rates a quarter of the highest.",
    ask: (rates, highest) => {
      const mean = mean_of(rates);
      return { met: within(mean, highest / 4, 0.02), now: `It is ${share_of(mean / highest)} of it.` };
    },
  },
  warmup: {
    ...warmed_up(
      0,
      `Start at a tenth of the highest learning rate or below, reach the highest within 5 to 15 % of the steps, and end
      at a hundredth of it or below.`,
    ),
    harder: [warmed_up(0.6, "The same, with a mean of at least 60 % of the highest learning rate.")],
  },
  restarts: {
    ...in_cycles(
      3,
      "Make three cycles of the same length: two restarts at the highest learning rate, and the last cycle finished, too.",
    ),
    harder: [in_cycles(5, "The same with five cycles.")],
  },
};
