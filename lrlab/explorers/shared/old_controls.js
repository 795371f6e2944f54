// What the explorers share: numbers for reading, axes, labels that keep apart, sliders.

const superscript = (exponent) => [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");

/** A number for reading: 0.105, never 0.10500000000000001; 2.4 × 10⁻¹⁷ where decimals would hide the size. */
export function number(value, digits = 3) {
  if (value === 0 || (value >= 1e-4 && value < 1e7)) return String(Number(value.toPrecision(digits)));
  if (!Number.isFinite(value)) return "–";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${Number(mantissa) === 1 ? "" : `${Number(mantissa)} × `}10${superscript(Number(exponent))}`;
}

export const within = (value, target, share) => Math.abs(value - target) <= share * target;

const NICE = [1, 1.5, 2, 3, 4, 6, 8, 10];

/** An axis for the learning rate and its ticks: from 0 to a round number at or above `highest`, or in decades. */
export function vertical({ highest, lowest = highest, log = false, height }) {
  if (!log) {
    const unit = 10 ** Math.floor(Math.log10(highest) + 1e-9);
    const top = unit * (NICE.find((nice) => nice * unit >= highest * (1 - 1e-9)) ?? 10);
    const gap = [1, 2, 2.5, 5, 10, 20].map((nice) => nice * (unit / 10)).find((size) => top / size <= 6.01) ?? top;
    const ticks = Array.from({ length: Math.floor(top / gap + 1e-9) + 1 }, (_, i) => i * gap);
    return { y: (rate) => height * (1 - rate / top), ticks };
  }
  const top = Math.ceil(Math.log10(highest) - 1e-9);
  // Eight decades at most: a recurrence that has died away would squeeze the others into a corner.
  const bottom = Math.max(top - 8, Math.min(top - 2, Math.floor(Math.log10(lowest) + 1e-9)));
  return {
    y: (rate) => (height * (top - Math.log10(rate))) / (top - bottom),
    ticks: Array.from({ length: top - bottom + 1 }, (_, i) => 10 ** (bottom + i)),
  };
}

/** Round numbers from 0 up to `last`, some `many` of them at most, and `last` itself where there is room. */
export function marks(last, many, room) {
  const unit = 10 ** Math.floor(Math.log10(last / many));
  const gap = Math.max(1, unit * ([1, 2, 5, 10].find((nice) => last / (nice * unit) <= many) ?? 10));
  const found = Array.from({ length: Math.floor(last / gap + 1e-9) + 1 }, (_, i) => i * gap);
  return room(last - found[found.length - 1]) ? [...found, last] : found;
}

/** Label heights at least `gap` apart and inside [0, height], each as near to its line's end as that allows. */
export function spread(heights, gap, height) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const placed = [...heights];
  order.forEach((i, k) => {
    placed[i] = Math.max(placed[i], k ? placed[order[k - 1]] + gap : 0);
  });
  order.reverse().forEach((i, k) => {
    placed[i] = Math.min(placed[i], k ? placed[order[k - 1]] - gap : height);
  });
  return placed;
}

// JupyterLab takes the arrow keys from a focused element to move between cells, unless the element itself says that
// they are its own; so each control is marked.
export const OWN_KEYS = 'data-lm-suppress-shortcuts="true"';
export const range = (id, rest) => `<input type="range" id="${id}" ${OWN_KEYS} ${rest}>`;

// Most of what a change costs is the layout of the page around it, and the browser lays out anew whatever is written, also
// where that was there already. So these write only what differs.

export const say = (node, words) => {
  if (node.textContent !== String(words)) node.textContent = words;
};

export function put(node, attributes) {
  Object.entries(attributes).forEach(([name, value]) => {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  });
}

export function fill(node, markup) {
  if (node.filled === markup) return;
  node.filled = markup;
  node.innerHTML = markup;
}

/** Draw a picture's layers, the lowest first: lines that move leave an axis that stays. */
export function fill_layers(svg, layers) {
  if (svg.childElementCount !== layers.length) svg.innerHTML = layers.map(() => "<g/>").join("");
  layers.forEach((markup, i) => fill(svg.children[i], markup));
}

/** Fill the goal's line: `goal` has met, now and text, or is null where there is none. */
export function show_goal(line, goal) {
  line.hidden = !goal;
  if (!goal) return;
  line.classList.toggle("met", goal.met);
  say(line.querySelector(".sign"), goal.met ? "✓" : "○");
  say(line.querySelector("[data-goal=text]"), goal.text);
  say(line.querySelector("[data-goal=now]"), goal.now);
  say(line.querySelector("[data-goal=met]"), goal.met ? "Reached!" : ""); // it is spoken when it changes
}

export const goal_line = `<p class="goal" hidden><span class="sign" aria-hidden="true"></span><span><b>Goal:</b>
  <span data-goal="text"></span> <span data-goal="now"></span> <b data-goal="met" role="status"></b></span></p>`;

/**
 * Draw now, and whenever one of the model's `keys` changes, the width does, or a step is pointed at: by the slider
 * `reader` or on the picture, where `step_at` says which step lies under a pointer. Returns what ends it.
 */
export function keep_drawn({ model, keys, el, svg, reader, step_at, read, draw }) {
  reader.addEventListener("input", () => read(reader.valueAsNumber));
  const follow = (event) => read(step_at(event.clientX));
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow);
  keys.forEach((key) => model.on(`change:${key}`, draw));
  const size = new ResizeObserver(draw);
  size.observe(el);
  draw();
  return () => {
    size.disconnect();
    keys.forEach((key) => model.off(`change:${key}`, draw));
  };
}
