// What a map has around its path: its size, the relief below and the handle at the start.

import { is_dark, put } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { painted_ground } from "./ground.js";
import { FOOT, HEAD } from "./plot.js";

const LEFT = 46;

/** How wide and high the maps are in the room that there is. */
export function map_size(maps, place, tall) {
  const highest = tall - HEAD - FOOT;
  const sides = place.bounds.map(([low, high]) => high - low);
  const aspect = place.dim === 1 ? 1.35 : clamp(sides[0] / sides[1], 1, 1.7);
  const [across] = maps.map((map) => map.room({ left: LEFT, right: 12, least: 90 }).width);
  const width = place.dim === 1 ? across : Math.min(across, Math.round(highest * aspect));
  maps.forEach((map) => map.room({ left: LEFT, right: 12 + across - width, least: 90 }));
  return { width, height: Math.round(clamp(width / aspect, 120, highest)) };
}

/** The relief below the path: an image, as a canvas on the page has a layer of its own, and all above it another one. */
export function show_ground(image, name, f, { place, view, width, height }) {
  const dark = is_dark();
  const key = JSON.stringify([name, place.arguments, view, width, height, window.devicePixelRatio, dark]);
  image.hidden = place.dim === 1;
  if (image.hidden || image.dataset.key === key) return;
  image.dataset.key = key;
  Object.assign(image.style, { left: `${LEFT}px`, top: `${HEAD}px`, width: `${width}px`, height: `${height}px` });
  image.src = painted_ground(f, view, width, height, dark);
}

/** The handle at the start, above all else on the map: it stays the same one while it is dragged. */
export function show_start(svg, [x, y], style) {
  if (!svg.querySelector(".start"))
    svg.insertAdjacentHTML(
      "beforeend",
      `<circle class="start ${style}" r="8"><title>the start: drag it</title></circle>`,
    );
  put(svg.querySelector(".start"), { cx: (x + LEFT).toFixed(1), cy: (y + HEAD).toFixed(1) });
}
