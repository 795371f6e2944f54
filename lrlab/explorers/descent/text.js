// What a descent did, in words; the goals. Nothing here touches the page.

import { number } from "../shared/numbers.js";

/**
 * Where gradient descent with this momentum stops settling, for a limit of 2 / curvature without one. A quadratic's
 * errors follow r² = (1 + β − ηc) r − β (with Nesterov's look-ahead, r² = (1 − ηc)((1 + β) r − β)); at r = −1 they stay.
 */
export const limit_with = (limit, { momentum, nesterov }) =>
  (limit * (1 + momentum)) / (nesterov ? 1 + 2 * momentum : 1);

const minus = (a, b) => a.map((part, i) => part - b[i]);
const inner = (a, b) => a.reduce((sum, part, i) => sum + part * b[i], 0);
const size = (a) => Math.sqrt(inner(a, a));
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);
export const visible = (place, view) => place.every((part, i) => part >= view[i][0] && part <= view[i][1]);

const HOLD = 5; // updates that a visit lasts

/** The minimum that a place is at, by its index; -1 where it is at none. */
function minimum(place, { minima, radius }) {
  let best = -1;
  let least = radius * radius;
  for (let i = 0; i < minima.length; i++) {
    let far = 0; // squared; asked of each step and each minimum, so without arrays
    for (let k = 0; k < place.length; k++) far += (place[k] - minima[i][k]) ** 2;
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

/** The minima in which the path stayed, in turn: indices, and the step at which it had. */
function visits(near) {
  const stays = [];
  near.forEach((at, n) => {
    const held = at >= 0 && n >= HOLD - 1 && near.slice(n - HOLD + 1, n).every((other) => other === at);
    if (held && stays.at(-1)?.minimum !== at) stays.push({ minimum: at, step: n });
  });
  return stays;
}

/**
 * What happened: `kind` in one word, `title` and `text` for reading, the `visits`, the step that left the view (-1), and
 * `settled`, the minimum that it ended in (-1). Judged from the path alone, as one would by eye, and not from theory.
 */
export function judge({ path, loss, lr, diverged }, place, view, { noise = 0 } = {}) {
  const last = path.length - 1;
  const span = most(place.bounds.map(([low, high]) => high - low));
  const near = path.map((at) => minimum(at, place));
  const many = place.minima.length > 1;
  const moves = path.slice(1).map((at, n) => minus(at, path[n]));
  const sizes = moves.map(size);
  const turns = moves.flatMap((move, n) =>
    n > 0 && sizes[n] > span / 100 && sizes[n - 1] > span / 100 && inner(move, moves[n - 1]) < 0 ? [n] : [],
  );
  const tail = near.slice(-Math.max(3, Math.ceil(last / 10)));
  const settled = last >= 3 && tail.every((at) => at === tail[0]) ? tail[0] : -1;
  const left = path.findIndex((at) => !visible(at, view));
  const visited = visits(near);
  const distinct = new Set(visited.map((visit) => visit.minimum)).size;
  const end = number(loss[last]);
  const after = `after ${last} steps`;

  // How far from the minimum it swings, quarter by quarter: growing all the way is diverging, before it leaves the view.
  const far = path.map((at) => size(minus(at, place.minima[0])));
  const swing = [0, 1, 2, 3].map((q) =>
    most(far.slice(Math.floor((q * last) / 4), Math.floor(((q + 1) * last) / 4) + 1)),
  );
  const growing = !many && turns.length > 3 && [1, 2, 3].every((q) => swing[q] > 1.02 * swing[q - 1]);
  const steady = !many && !noise && turns.length > last - 3 && last > 3 && Math.abs(swing[3] / swing[0] - 1) < 0.01;

  const say = (kind, title, text) => ({
    kind,
    title,
    text,
    visits: visited,
    left: diverged && left < 0 ? last : left,
    settled,
  });
  if (diverged || growing || (left >= 0 && !visible(path[last], view) && loss[last] > loss[0])) {
    const where =
      left >= 0
        ? `It leaves the picture at step ${left}.`
        : diverged
          ? `Then it overflows, ${after}.`
          : `Loss ${end} ${after}.`;
    return say("diverging", "Diverging", `Each jump overshoots by more than the one before. ${where}`);
  }
  if (steady) return say("limit", "Oscillating", "Neither nearer nor further: this is the stability limit.");
  if (many && distinct > 1) {
    const home = near[last] === visited.at(-1).minimum ? near[last] : -1;
    const ends =
      home < 0 ? "is in none at the end" : home === 0 ? "ends in the deepest" : `ends in one with loss ${end}`;
    return say("hopping", "Hopping", `It stays in ${distinct} different minima in turn, and ${ends}.`);
  }
  if (many && settled >= 0) {
    const which =
      settled === 0 ? `the deepest minimum, loss ${end}` : `one minimum, loss ${end}; there are deeper ones`;
    return say("settled", "Settled", `In ${which}.`);
  }
  if (place.limits[0][0] === "well" && settled === 0)
    return say("well", "In the well", `It fell in and stays: loss ${end} ${after}.`);
  if (settled >= 0 && noise > 0)
    return say("right", "Arrived", `It stays about the minimum, as near as the noise lets it: loss ${end}.`);
  if (settled >= 0 && turns.length > 2) {
    return say("oscillating", "Oscillating", `It jumps from side to side, and closes in: loss ${end} ${after}.`);
  }
  if (settled >= 0) {
    const quick = loss.findIndex((value) => value < 1e-6);
    return say(
      "right",
      "Right",
      `It goes to the minimum: loss ${quick < 0 ? `${end} ${after}` : `below 10⁻⁶ after ${quick} steps`}.`,
    );
  }
  if (turns.length > 2 && turns.at(-1) > (2 * last) / 3) {
    if (place.limits[0][0] === "well")
      return say("above", "Above the well", "It jumps across the well: too high a rate to fall in.");
    if (many) return say("bouncing", "Bouncing", "Too high a rate to stay in any minimum.");
    return say("oscillating", "Oscillating", `It jumps from side to side, and has not settled ${after}: loss ${end}.`);
  }
  const share = Math.max(0, Math.floor(100 * (1 - far[last] / far[0])));
  const way =
    many || !Number.isFinite(share) ? `Loss ${end} ${after}.` : `${share} % of the way ${after}: loss ${end}.`;
  if (lr.at(-1) < lr[0] / 10) return say("short", "Stopped short", `The rate died away before it arrived. ${way}`);
  return many || noise > 0
    ? say("moving", "Not settled", way)
    : say("small", "Too small", `It has not arrived. ${way}`);
}

/** The goal to bring the loss on one landscape below `level` within so many `steps`. */
const below = (level, steps, on, text, needs = []) => ({
  text,
  needs,
  level,
  ask({ landscape }, { loss, diverged }) {
    const quick = loss.findIndex((value) => value < level);
    const last = Math.min(steps, loss.length - 1);
    if (landscape !== on) return { met: false, now: "This is another landscape." };
    if (quick >= 0) return { met: quick <= steps, now: `It took ${quick} steps.` };
    return {
      met: false,
      now: diverged ? "It diverges." : `After ${last} step${last === 1 ? "" : "s"} it is ${number(loss[last])}.`,
    };
  },
});

/** The goal to stay in so many minima in turn. */
const visited_at_least = (many, text) => ({
  text,
  ask(_, __, { visits: seen }, { minima }) {
    if (minima.length < many) return { met: false, now: "Choose ripples or many minima." };
    const count = new Set(seen.map((visit) => visit.minimum)).size;
    return { met: count >= many, now: `Visited: ${count}.` };
  },
});

/** The goal to come from afar and end in the well, in at most so many steps. */
const in_the_well = (most, text) => ({
  text,
  ask({ landscape, steps }, { path }, { kind, title }, { minima }) {
    if (landscape !== "ValleyWithWell") return { met: false, now: "Choose the valley with a well." };
    if (size(minus(path[0], minima[0])) < 2) return { met: false, now: "The start is too close to the well." };
    const long = steps > most ? ` The descent has ${steps} steps.` : "";
    return { met: kind === "well" && !long, now: `Now: ${title.toLowerCase()}.${long}` };
  },
});

// A goal, and `harder` ones that come after it: what to do; the controls that it `needs` beside the learning rate; from
// the state, the walk and its verdict whether it is met and how far one is; and the `level` of the loss that it asks for.
export const goals = {
  converge: {
    ...below(1e-6, 100, "Bowl", "On the bowl, get the loss below 10⁻⁶ within 100 steps."),
    harder: [
      below(1e-6, 10, "Bowl", "The same within 10 steps."),
      below(1e-6, 1, "Bowl", "The same in a single step."),
    ],
  },
  // On Ravine() the best constant rate alone takes 81.
  ravine: {
    ...below(
      1e-6,
      40,
      "Ravine",
      "In the ravine, get the loss below 10⁻⁶ within 40 steps: find a rate and a momentum.",
      ["momentum"],
    ),
    harder: [
      below(1e-6, 30, "Ravine", "The same within 30 steps."),
      below(1e-6, 12, "Ravine", "The same within 12 steps: Nesterov's look-ahead helps."),
    ],
  },
  well: {
    needs: ["schedule", "exponential_decay"],
    ...in_the_well(Infinity, "Start at least 2 away from the well, and end in it."),
    harder: [in_the_well(40, "The same with 40 steps in all, or fewer.")],
  },
  hop: {
    needs: ["schedule", "T_0"],
    ...visited_at_least(3, `Visit three different minima: stay in each for ${HOLD} steps.`),
    harder: [visited_at_least(5, "Visit five of them."), visited_at_least(8, "Visit eight of them.")],
  },
};
