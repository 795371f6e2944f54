// Lines of Python that make the schedule one sees, for lrlab and for torch.

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

/** A text with the fields in braces filled in, as Python writes their values. */
const filled = (text, entry, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) =>
    literal(values[name], entry.fields.find((field) => field.name === name).control),
  );

const IMPORTS = {
  optax: "import optax",
  Keras: "import keras",
  timm: "import timm.scheduler",
  transformers: "import transformers",
};
const imports = (code, ...more) => [...(code.includes("math.") ? ["import math"] : []), ...more];

/**
 * The same curve in each other library that has it: the library's name, its lines, and the last step that they hold for;
 * no lines where it is the same only with other numbers.
 */
export function elsewhere(entry, values) {
  const holds = ({ only = {}, least = {} }) =>
    Object.entries(only).every(([name, value]) => values[name] === value) &&
    Object.entries(least).every(([name, lowest]) => values[name] >= lowest);
  const libraries = [...new Set(entry.others.map(({ library }) => library))];
  return libraries.map((library) => {
    const match = entry.others.find((call) => call.library === library && holds(call));
    if (!match) return { library, text: null, until: null };
    const { code, until } = match;
    const made = filled(code, entry, values);
    const of_torch = made.includes("(optimizer");
    const lines = [
      ...imports(made, IMPORTS[library]),
      ...(of_torch ? [filled("optimizer = torch.optim.SGD(model.parameters(), lr={lr})", entry, values)] : []),
      ...(until ? [`# the same up to step ${values[until]}, the end of the run`] : []),
      `${of_torch ? "scheduler" : "schedule"} = ${made}`,
    ];
    return { library, text: lines.join("\n"), until: until ? values[until] : null };
  });
}

/** The same in torch: the optimizer with its rate, and the scheduler. `sent` comes with a curve from Python. */
export function torch(entry, values, sent) {
  const { text, call, fields = [] } = entry.torch ?? {};
  const own = "lr" in values;
  const written = (name) => literal(values[name], entry.fields.find((field) => field.name === name).control);
  let scheduler = sent ?? (text && filled(text, entry, values));
  if (call) {
    const given = entry.fields.filter((field) => fields.includes(field.name) && !is_default(field, values));
    scheduler = `${call}(${["optimizer", ...given.map(({ name }) => `${name}=${written(name)}`)].join(", ")})`;
  }
  const momentum = fields.includes("base_momentum") ? ", momentum=0.9" : "";
  const from = own && scheduler;
  const rate = from ? `, lr=${written("lr")}` : "";
  const note = from ? "" : "  # the scheduler sets the rate";
  return [
    ...imports(scheduler ?? ""),
    `optimizer = torch.optim.SGD(model.parameters()${rate}${momentum})${note}`,
    `scheduler = ${scheduler ?? `${python(entry, values)}.attach(optimizer)`}`,
  ].join("\n");
}
