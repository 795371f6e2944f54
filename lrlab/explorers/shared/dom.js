// What is written into the page. Most of what a change costs is the layout of the page around it, and the browser lays out
// again whatever is written, even if it was there already. So `say`, `put` and `fill` write only what differs.

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

export const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The markup of each of `things`, joined. */
export const each_of = (things, markup) => Array.from(things, markup).join("");
