// Panels over one horizontal axis, in which the explorers of results draw what was computed beforehand.

import { fill, number, put } from "./old_controls.js";

export const px = (value) => value.toFixed(1);
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
export const percent = (share, digits = 1) => (Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–");

/** Numbers as results.py packs them. */
export const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** A path through (xs[i], ys[i]), with a gap where ys[i] is not a finite number; `stairs`: each value stays until the next. */
export function line(xs, ys, stairs = false) {
  let path = "";
  let open = false;
  for (let i = 0; i < ys.length; i++) {
    if (!Number.isFinite(ys[i])) {
      open = false;
      continue;
    }
    const x = px(xs[i]);
    const y = px(ys[i]);
    path += open ? (stairs ? `H${x}V${y}` : `L${x} ${y}`) : `M${x} ${y}`;
    open = true;
  }
  return path;
}

/** The area between two lines, where both are finite. */
export function band(xs, lows, highs) {
  const there = Array.from(lows.keys()).filter((i) => Number.isFinite(lows[i]) && Number.isFinite(highs[i]));
  const point = (ys) => (i) => `${px(xs[i])} ${px(ys[i])}`;
  return there.length ? `M${[...there.map(point(lows)), ...there.reverse().map(point(highs))].join("L")}Z` : "";
}

/** A logarithmic axis of rates, and round ones on it, not nearer than the words need. */
export function rate_axis(low, high, width) {
  const from = Math.log10(low) - 0.06;
  const to = Math.log10(high) + 0.06;
  const x = (rate) => (width * (Math.log10(rate) - from)) / (to - from);
  const powers = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, i) => Math.ceil(from) + i);
  const gap = Math.ceil((powers.length * 44) / width) || 1;
  if (powers.length > 2) return { x, ticks: powers.filter((_, i) => i % gap === 0).map((power) => 10 ** power) };
  const tenths = [1, 2, 5].flatMap((digit) => [Math.floor(from), ...powers].map((power) => digit * 10 ** power));
  return { x, ticks: tenths.sort((a, b) => a - b).filter((rate) => x(rate) >= 0 && x(rate) <= width) };
}

/** The next place of `xs`, which rise, to `x`. */
export function nearest(xs, x) {
  let best = 0;
  for (let i = 1; i < xs.length; i++) if (Math.abs(xs[i] - x) < Math.abs(xs[best] - x)) best = i;
  return best;
}

/** What `make` made last for the same `key`: an axis over thousands of losses is not sought anew at each pixel of a drag. */
export function kept(svg, key, make) {
  if (svg.kept?.key !== key) svg.kept = { key, value: make() };
  return svg.kept.value;
}

/**
 * Draw `panels`, one above the other. Of each: title, head (room above it, `above` of it below the title), height, y and
 * ticks of its axis, and what is in it: `still`, drawn again only when `key` changes; `moving`, clipped like it; `over`,
 * not clipped. Returns what finds the pixel of the panels under a pointer, [x, y].
 */
export function stack(svg, { key, width, left, right, foot, x_ticks, x_title, panels }) {
  const inner = width - left - right;
  let height = 0;
  const tops = panels.map((panel) => {
    const top = height + panel.head;
    height = top + panel.height;
    return top;
  });
  if (svg.drawn !== key) {
    svg.drawn = key;
    put(svg, { viewBox: `0 0 ${width} ${height + foot}` });
    svg.innerHTML =
      panels
        .map(
          (panel, i) => `<g transform="translate(${left} ${tops[i]})">
      <text class="title" x="${6 - left}" y="${-12 - (panel.above ?? 0)}">${panel.title}</text>
      ${panel.ticks
        .map(
          (tick) => `<path class="grid" d="M0 ${px(panel.y(tick))}H${inner}"/>
        <text class="tick" x="-8" y="${px(panel.y(tick))}" dy=".35em" text-anchor="end">${(panel.words ?? number)(tick)}</text>`,
        )
        .join("")}
      ${x_ticks.map(([x]) => `<path class="grid" d="M${px(x)} ${panel.height}v5"/>`).join("")}
      <path class="base" d="M0 ${panel.height}H${inner}"/>
      <svg class="clip" x="-6" y="-6" width="${inner + 12}" height="${panel.height + 7}"><g transform="translate(6 6)">
        ${panel.still()}<g data-moving></g></g></svg><g data-over></g></g>`,
        )
        .join("") +
      `
      <g transform="translate(${left} ${height})">
      ${x_ticks.map(([x, words]) => `<text class="tick" x="${px(x)}" y="18" text-anchor="middle">${words}</text>`).join("")}
      <text class="title" x="${inner / 2}" y="35" text-anchor="middle">${x_title}</text></g>`;
  }
  svg.querySelectorAll("[data-moving]").forEach((layer, i) => fill(layer, panels[i].moving()));
  svg.querySelectorAll("[data-over]").forEach((layer, i) => fill(layer, panels[i].over()));
  return (clientX, clientY) => {
    const box = svg.getBoundingClientRect();
    const scale = width / box.width;
    return [(clientX - box.left) * scale - left, (clientY - box.top) * scale - tops[0]];
  };
}
