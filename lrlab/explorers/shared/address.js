// An explorer's state in a page's address. What an address says is taken only where the controls could have said it.

/** The values of `keys`, as text for the address. */
export const write_json = (keys, get) =>
  encodeURIComponent(JSON.stringify(Object.fromEntries(keys.map((key) => [key, get(key)]))));

/** What the text of an address says; nothing where it can't be read. */
export function read_json(text) {
  try {
    const said = JSON.parse(decodeURIComponent(text));
    return typeof said === "object" && said !== null ? said : {};
  } catch {
    return {};
  }
}

const is_count = (n) => Number.isInteger(n) && n >= 0;

/** `values` of a schedule where its controls could have made them, else those that it starts with. */
export function sound_values(entry, values) {
  const kept = { ...entry.start };
  for (const { name, control } of entry.fields) {
    const value = values[name];
    if (!control || value === undefined) continue;
    const { kind, options, whole, low, high, notch } = control;
    const top = whole ? 1000 : Math.max(10, high);
    const in_range = typeof value === "number" && value >= Math.min(low, 1e-6) && value <= top;
    const good = {
      number: value === notch || (in_range && (!whole || Number.isInteger(value))),
      switch: typeof value === "boolean",
      choice: options?.includes(value),
      steps: Array.isArray(value) && value.length > 0 && value.length < 50 && value.every(is_count),
    }[kind];
    if (good) kept[name] = value;
  }
  for (const { name, control } of entry.fields) {
    if (control?.at_most) kept[name] = Math.min(kept[name], kept[control.at_most]);
  }
  return kept;
}
