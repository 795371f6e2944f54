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
