// Goals in levels. How many of them have been reached is kept by the browser, so that one goes on where one was.

const PLACE = "lrlab-goals";

/** @returns {Record<string, number>} Of each goal, how many of its levels have been reached. */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "{}");
  } catch {
    return {}; // a private window
  }
}

/** The level of each goal that a view shows. `explorer` is its name, and that of its schedule where the goals depend on it. */
export function levels_of(explorer) {
  const shown = new Map(); // by the goal's name
  const opened = new Map(); // the level at which the page began

  return {
    /**
     * Which of a goal's levels to show, each of which has text, met and now. One that is met stays until one goes on; the
     * others that have been met before are passed over at first. Then what "the same" is must be said, too.
     */
    pick(name, levels) {
      const id = `${explorer} ${name}`;
      const before = kept()[id] ?? 0;
      if (!shown.has(name)) {
        shown.set(name, Math.min(before, levels.length - 1));
        opened.set(name, shown.get(name));
      }
      const level = shown.get(name);
      const { text } = levels[level];
      const builds_on = level > 0 && level === opened.get(name) && /^(The same|Now)\b/.test(text);
      if (levels[level].met && before <= level)
        try {
          localStorage.setItem(PLACE, JSON.stringify({ ...kept(), [id]: level + 1 }));
        } catch {
          // as above
        }
      return { ...levels[level], text: builds_on ? `${levels[0].text} ${text}` : text, level, levels: levels.length };
    },
    next: (name) => shown.set(name, (shown.get(name) ?? 0) + 1),
  };
}

/**
 * Of goals that lead to each other, `goals` in their order, those from `name` on that have a target in these results:
 * `judge` makes a level of each.
 */
export const levels_from = (goals, name, targets, judge) => {
  const names = Object.keys(goals);
  return name
    ? names
        .slice(names.indexOf(name))
        .filter((one) => one in targets)
        .map(judge)
    : [];
};
