// An explorer's state in a page's address, so that a link shows the same. What an address says is taken only where the
// controls could have said it.

/** @typedef {(value: any, get: (key: string) => any, key: string) => any} Rule the value to take, or undefined for none */

/** A number within the ends of its slider, which Python sent; whole where they and the value before are. */
export const within_limits = (value, get, key) => {
  const [low, high] = get("_limits")[key];
  const before = get(key);
  const whole = [low, high, before].every(Number.isInteger) && high > 1;
  const good = Number.isFinite(value) && (value === before || (value >= low && value <= high));
  return good && !(whole && !Number.isInteger(value)) ? value : undefined;
};
/** @type {(low: number, high: number) => Rule} */
export const whole_within = (low, high) => (value) =>
  Number.isInteger(value) && value >= low && value <= high ? value : undefined;
export const flag = (value) => (typeof value === "boolean" ? value : undefined);
/** @type {(known: (get: any) => any[]) => Rule} */
export const one_of = (known) => (value, get) => (known(get).includes(value) ? value : undefined);
/** @type {(known: (get: any) => any[]) => Rule} */
export const some_of = (known) => (value, get) =>
  Array.isArray(value) ? known(get).filter((one) => value.includes(one)) : undefined;

/**
 * What mount.js needs of an explorer: the keys of its state, and how they become text and are read again.
 * @param {Record<string, Rule>} rules
 */
export const address_of = (rules) => ({
  keys: Object.keys(rules),
  write: (get) =>
    encodeURIComponent(JSON.stringify(Object.fromEntries(Object.keys(rules).map((key) => [key, get(key)])))),
  read(text, get) {
    let said;
    try {
      said = JSON.parse(decodeURIComponent(text));
    } catch {
      return {};
    }
    if (typeof said !== "object" || said === null) return {};
    const taken = Object.entries(rules).map(([key, rule]) => [
      key,
      Object.hasOwn(said, key) ? rule(said[key], get, key) : undefined,
    ]);
    return Object.fromEntries(taken.filter(([, value]) => value !== undefined));
  },
});

const is_rate = (value) => Number.isFinite(value) && value >= 0 && value <= 100;

/** Whether a field's control could have said `value`. */
function good_field({ kind, options, whole, low, high, notch }, value) {
  if (kind === "switch") return typeof value === "boolean";
  if (kind === "choice") return options.includes(value);
  if (kind === "steps")
    return (
      Array.isArray(value) &&
      value.length > 0 &&
      value.length < 50 &&
      value.every((n) => Number.isInteger(n) && n >= 0 && n <= 10_000)
    );
  if (value === notch) return true;
  const top = whole ? 1000 : Math.max(10, high);
  return (
    typeof value === "number" && value >= Math.min(low, 1e-6) && value <= top && (!whole || Number.isInteger(value))
  );
}

/** A schedule as the page has it, its arguments one by one where they make sense; undefined for none. */
export function sound_schedule(given, get) {
  const { name, values } = given ?? {};
  const entries = get("_entries");
  const entry = Object.hasOwn(entries, name) ? entries[name] : null;
  if (!entry?.in_page || typeof values !== "object" || values === null) return undefined;
  const kept = { ...entry.start };
  for (const { name: field, control } of entry.fields)
    if (control && values[field] !== undefined && good_field(control, values[field])) kept[field] = values[field];
  return { name, values: kept };
}

/** Points of a schedule that is drawn by hand. */
export const sound_points = (points) =>
  Array.isArray(points) &&
  points.length > 1 &&
  points.length <= 100 &&
  points[0][0] === 0 &&
  points.every(([n, rate], i) => Number.isInteger(n) && is_rate(rate) && (i === 0 || n > points[i - 1][0]));
