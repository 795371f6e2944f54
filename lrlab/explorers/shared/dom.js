// What is written into the page. Most of what a change costs is the layout of the page around it, and the browser lays out
// again whatever is written, even if it was there already. So `say`, `put` and `fill` write only what differs, and
// `width_of` asks the browser for a width only where that may be another one: in the middle of a drawing, it would lay out.

export const say = (node, words) => {
  if (node.textContent !== String(words)) node.textContent = words;
};

/** Show `value` in a list: whatever is written there, Chromium reads the whole page's fields again, for its autofill. */
export const choose = (select, value) => {
  if (select.value !== value) select.value = value;
};

export function put(node, attributes) {
  Object.entries(attributes).forEach(([name, value]) => {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  });
}

const PIECE = /<[^>]*>|[^<]+/g; // a tag, or the text between two

/** Give an element the attributes in which the tag `now` differs from the tag `before`; whether it differs in no more. */
function patch_tag(at, before, now) {
  const [old, parts] = [before.split('"'), now.split('"')]; // values, between names and signs
  if (old.length !== parts.length || parts.some((part, k) => k % 2 === 0 && part !== old[k])) return false;
  parts.forEach((value, k) => {
    if (k % 2 && value !== old[k]) at.setAttribute(parts[k - 1].match(/[\w:-]+(?==$)/)[0], value);
  });
  return true;
}

/** Write into what is in `node`, made of the pieces `before`, those of `pieces` that differ; whether that can be done. */
function patch(node, before, pieces) {
  if (pieces.length !== before.length) return false;
  const inside = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  return pieces.every((piece, i) => {
    if (piece.startsWith("</")) return piece === before[i];
    const at = inside.nextNode();
    const is_tag = piece[0] === "<";
    if (!at || (is_tag ? !piece.startsWith(/** @type {Element} */ (at).localName, 1) : at.nodeType !== 3)) return false;
    if (piece === before[i]) return true;
    if (piece.includes("&")) return false; // entities would need decoding
    if (is_tag) return patch_tag(at, before[i], piece);
    at.nodeValue = piece;
    return true;
  });
}

/**
 * Have `markup` in `node`. Where it has the same tags as what `fill` wrote before, these stay, and get what has changed
 * since. So only `fill` may write inside `node`: what another function changes there would stay as it is.
 */
export function fill(node, markup) {
  if (node.filled === markup) return;
  const pieces = markup.match(PIECE) ?? [];
  if (!node.pieces || !patch(node, node.pieces, pieces)) node.innerHTML = markup;
  Object.assign(node, { filled: markup, pieces });
}

const widths = new WeakMap();
const resized = new ResizeObserver((entries) => {
  entries.forEach(({ target }) => {
    widths.set(target, target.clientWidth);
  });
});

/** The width of an element, in pixels; 0 where it is not seen. */
export function width_of(node) {
  if (!widths.has(node)) resized.observe(node);
  if (!widths.get(node)) widths.set(node, node.clientWidth);
  return widths.get(node);
}

/** Whether the page's theme is dark, as JupyterLab says it. */
export const is_dark = () => document.body.dataset.jpThemeLight === "false";

/** Have the widths of all pictures in `el` read again: where it was not laid out, as in a closed fold, no observer calls. */
export function forget_widths(el) {
  el.querySelectorAll("svg").forEach((svg) => {
    if (widths.has(svg)) widths.set(svg, 0);
  });
}

/** Say which layout of several an explorer has now: in another one, its pictures may have other widths. */
export function laid_out(el, layout) {
  if (el.dataset.layout === String(layout)) return;
  el.dataset.layout = String(layout);
  forget_widths(el);
}

export const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The markup of each of `things`, joined. */
export const each_of = (things, markup) => Array.from(things, markup).join("");
