// The snapshot explorer's data as it comes from Python, its goals, and what it says.

import { number, unpacked } from "../shared/numbers.js";

/** The run, its packed numbers made arrays: `wrong` by choice (bit k of its place is snapshot k + 1), and the digits. */
export const open_run = (run) => ({
  ...run,
  cycles: run.own.length,
  wrong: unpacked(run.wrong, Uint32Array),
  pixels: unpacked(run.pixels, Uint8Array),
  probabilities: unpacked(run.probabilities),
});

/** How many images `chosen` gets wrong together. */
export const mistakes = (run, chosen) => run.wrong[chosen.reduce((bits, k) => bits + 2 ** (k - 1), 0)];

/** `from` and all later ones. */
export const since = (run, from) => Array.from({ length: run.cycles - from + 1 }, (_, i) => from + i);

export const error = (run, wrong) => (100 * wrong) / run.images;
export const error_words = (run, wrong) => (wrong === null ? "diverged" : `${number(error(run, wrong))} %`);
export const counted = (run, wrong) =>
  wrong === null ? "–" : `${wrong.toLocaleString("en")} of ${run.images.toLocaleString("en")}`;

const best = (values) => values.reduce((top, value, i) => (value > values[top] ? i : top), 0);

/** What each snapshot and the chosen ones together say of the digit at `place`: probabilities, answer, whether right. */
export function answers(run, place, chosen) {
  const { cycles, classes, label } = run;
  const alone = Array.from({ length: cycles }, (_, k) =>
    Array.from(run.probabilities.slice((place * cycles + k) * classes, (place * cycles + k + 1) * classes)),
  );
  const mean = alone[0].map((_, c) => chosen.reduce((sum, k) => sum + alone[k - 1][c], 0) / chosen.length);
  const said = (given) => ({ given, answer: best(given), right: best(given) === label[place] });
  const each = alone.map(said);
  const together = said(mean);
  const wrong = chosen.filter((k) => !each[k - 1].right).length;
  return { each, together, wrong, against: together.right && 2 * wrong > chosen.length };
}

/** 1; 1 and 3; 1, 3 and 4. */
export const list = (numbers) =>
  numbers.length < 2 ? String(numbers[0]) : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
export const named = (chosen) =>
  chosen.length < 2 ? `snapshot ${chosen[0]} alone` : `snapshots ${list(chosen)} together`;
export const is_last = (run, chosen) => chosen[0] + chosen.length - 1 === run.cycles;

const images = (many) => `${many.toLocaleString("en")} ${many === 1 ? "image" : "images"}`;

/** Whether the choice does better than the single model, in words and with a sign. */
export function verdict(run, wrong) {
  if (run.single === null)
    return { kind: "none", sign: "–", text: "The single model diverged: there is nothing to beat." };
  const by = run.single - wrong;
  if (by > 0) return { kind: "better", sign: "✓", text: `better than the single model, by ${images(by)}` };
  if (by < 0) return { kind: "worse", sign: "✗", text: `worse than the single model, by ${images(-by)}` };
  return { kind: "same", sign: "=", text: "as many mistakes as the single model" };
}

/** How much two of the chosen differ. */
export function diversity(run, chosen) {
  const pairs = chosen.flatMap((j, i) => chosen.slice(i + 1).map((k) => run.differ[j - 1][k - 1]));
  if (!pairs.length) return "One snapshot has no other to differ from.";
  const mean = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  const [low, high] = [Math.min(...pairs), Math.max(...pairs)];
  const reach =
    low === high ? "" : `, the closest pair on ${error_words(run, low)}, the furthest on ${error_words(run, high)}`;
  return `Two of the chosen differ on ${error_words(run, mean)} of the validation images${pairs.length > 1 ? " on average" : ""}${reach}.`;
}

/** How many images they disagree on, and how many of those shown the choice gets right. */
export function counts(run, said) {
  if (!run.disputed) return "The snapshots agree on every validation image.";
  const shown =
    run.index.length < run.disputed ? `; here are ${run.index.length} of them, the most disputed first` : "";
  const right = said.filter(({ together }) => together.right).length;
  return `The snapshots disagree on ${counted(run, run.disputed)} validation images${shown}. Your choice gets ${right} of these ${said.length} right. Below each: what it is, and whether your choice is right.`;
}

/** The choice in one sentence to be spoken, and what it says of the digit `here`, a `label`. */
export function sentence(run, chosen, here, label) {
  const wrong = mistakes(run, chosen);
  const words = named(chosen);
  const digit =
    here && chosen.length > 1
      ? ` On this ${label} they say ${here.together.answer}, ${here.together.right ? "right" : "wrong"}.`
      : "";
  return `${words[0].toUpperCase()}${words.slice(1)}: ${error_words(run, wrong)} wrong; ${verdict(run, wrong).text}.${digit}`;
}

// A goal, and after it the next ones as its levels: what to do, and from the run, the choice and the digit whether it is met
// and how far one is.
const fewest = {
  text: "Find the smallest ensemble, two snapshots or more, that makes the fewest mistakes of all.",
  ask: (run, chosen) => {
    const wrong = mistakes(run, chosen);
    const [least, size] = fewest_of(run);
    const more = wrong === least ? "Fewer snapshots can do it too." : `The fewest of any ensemble: ${least}.`;
    const met = wrong === least && chosen.length === size;
    if (chosen.length === 1 && !met) return { met, now: "One snapshot is no ensemble yet." };
    return { met, now: `These ${chosen.length} get ${counted(run, wrong)} wrong.${met ? "" : ` ${more}`}` };
  },
};

export const goals = {
  beat: {
    text: "Find the smallest ensemble, two snapshots or more, with fewer mistakes than the single model.",
    missing: (run) => run.least === null && "No ensemble of this run has fewer mistakes than the single model.",
    ask: (run, chosen) => {
      const wrong = mistakes(run, chosen);
      const size = chosen.length;
      const wins = size > 1 && wrong < run.single;
      const has = `${size === 1 ? "One snapshot makes" : `${size} snapshots make`} ${wrong.toLocaleString("en")}, the single model ${run.single.toLocaleString("en")}.`;
      return { met: wins && size === run.least, now: wins && size > run.least ? `${has} Fewer can do it too.` : has };
    },
  },
  fewest,
  against: {
    text: "Choose snapshots and find a digit that they get right together although most of them get it wrong.",
    missing: (run) => !run.against && "No digit of this run is right together and wrong for most.",
    ask: (_run, chosen, said) => {
      const many = said.wrong === 0 ? "None" : said.wrong === chosen.length ? "All" : said.wrong;
      return {
        met: said.against,
        now: `${many} of the ${chosen.length} chosen ${said.wrong === 1 ? "is" : "are"} wrong here; together: ${said.together.right ? "right" : "wrong"}.`,
      };
    },
  },
};

/** The least mistakes that an ensemble of the run makes, and the fewest snapshots that make no more. */
function fewest_of(run) {
  const sizes = Array.from(run.wrong, (_, bits) => bits.toString(2).replaceAll("0", "").length);
  const many = sizes.map((size) => size >= Math.min(2, run.cycles));
  const least = Math.min(...run.wrong.filter((_, bits) => many[bits]));
  return [least, Math.min(...sizes.filter((_, bits) => many[bits] && run.wrong[bits] === least))];
}

/**
 * The goal called `name` and those after it that this run has. Where it lacks the first, its place goes to the next, or to
 * the one that every run has, with the reason.
 */
export function levels_of_goal(run, name, chosen, said) {
  if (!name) return [];
  const names = Object.keys(goals);
  const lacks = (one) => goals[one].missing?.(run);
  const there = names.slice(names.indexOf(name)).filter((one) => !lacks(one));
  const level = (one) => ({ text: goals[one].text, ...goals[one].ask(run, chosen, said) });
  const [first, ...others] = (there.length ? there : ["fewest"]).map(level);
  const why = lacks(name);
  return [why ? { ...first, text: `${why} ${first.text}` } : first, ...others];
}
