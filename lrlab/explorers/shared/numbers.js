// Numbers for reading, and numbers as Python packs them.

/** The digits of an exponent, and its sign in the place after them. */
export const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
export const superscript = (exponent) => [...String(exponent)].map((c) => RAISED[c === "-" ? 10 : c]).join("");

/** A number for reading: 0.105, never 0.10500000000000001; 2.4 × 10⁻¹⁷ where decimals would hide the size. */
export function number(value, digits = 3) {
  if (value < 0) return `−${number(-value, digits)}`;
  if (value === 0 || (value >= 1e-4 && value < 1e7)) return String(Number(value.toPrecision(digits)));
  if (!Number.isFinite(value)) return "–";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${Number(mantissa) === 1 ? "" : `${Number(mantissa)} × `}10${superscript(Number(exponent))}`;
}

export const percent = (share, digits = 1) => (Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–");
export const within = (value, target, share) => Math.abs(value - target) <= share * target;
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const finite = (values) => Array.from(values ?? []).filter(Number.isFinite);

/** The next place of `xs` to `x`. */
export const nearest = (xs, x) =>
  xs.reduce((best, there, i) => (Math.abs(there - x) < Math.abs(xs[best] - x) ? i : best), 0);

/**
 * The numbers in a base64 text, little-endian: float32 as results.py packs them, or another kind of array.
 * @type {(text: string, Kind?: any) => any}
 */
export const unpacked = (text, Kind = Float32Array) =>
  new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** JSON knows no NaN: Python sends null. */
export const with_nan = (values) => values.map((value) => value ?? NaN);

/** Lines as Python's `banded` sends them, mean, lowest and highest, each as `read` makes it. */
export const banded =
  (read) =>
  ({ mean, low, high }) => ({ mean: read(mean), low: read(low), high: read(high) });
