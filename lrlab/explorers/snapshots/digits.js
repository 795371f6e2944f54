// The digits on which the snapshots disagree: a row of tiles, and what each snapshot says of the one that is chosen.

import { OWN_KEYS } from "../shared/controls.js";
import { each_of, fill, say } from "../shared/dom.js";
import { EXTENT } from "../shared/marks.js";

/**
 * A digit as the address of an image, ink on paper; a dark page turns it round by its style. An image, as each canvas has a
 * layer of its own, and 25 of them make every frame slow.
 */
function painted(run, place) {
  const [height, width] = run.size;
  const size = height * width;
  /** @type {any} */
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const picture = new ImageData(width, height);
  for (let i = 0; i < size; i++)
    picture.data.set([0, 0, 0, 0].fill(255 - run.pixels[place * size + i], 0, 3).fill(255, 3), 4 * i);
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

/** Ten small bars, one for each class, with a line under the right one. */
function bars(given, label) {
  const one = given.map((p, c) => `M${10 * c + 1.5} 20v${(-19 * p).toFixed(1)}h7V20Z`).join("");
  return `<svg class="bars" viewBox="0 0 ${10 * given.length} 24" preserveAspectRatio="none" aria-hidden="true">${EXTENT}<path class="bar" d="${one}"/>
    <path class="base" d="M0 20H${10 * given.length}"/><path class="truth" d="M${10 * label + 1} 22.5h8"/></svg>`;
}

const judged = (right) =>
  right
    ? '<span class="right"><b aria-hidden="true">✓</b> right</span>'
    : '<span class="wrong"><b aria-hidden="true">✗</b> wrong</span>';

/** The tiles of another run; `choose` gets the image of the one that is pressed. */
export function build_digits({ id, find, on }, run, choose) {
  find(".digits").hidden = !run.index.length;
  const images = run.index.map((_, place) => painted(run, place));
  find(".large").innerHTML = each_of(
    images,
    (src, place) => `<img src="${src}" alt="validation image ${run.index[place]}: a ${run.label[place]}">`,
  );
  find(".tiles").innerHTML = each_of(
    run.index,
    (index, place) => `<label class="tile"><input type="radio" name="${id}-digit" value="${index}" ${OWN_KEYS}>
      <img alt="" src="${images[place]}"><span aria-hidden="true">${run.label[place]}: <span data-tile></span></span></label>`,
  );
  on(".tile input", "change", (input) => choose(Number(input.value)));
  find("[data-classes]").innerHTML = `<span class="spoken">probability of each digit</span>
    <span class="scale" aria-hidden="true">${each_of({ length: run.classes }, (_, c) => `<i>${c}</i>`)}</span>`;
}

/** What the chosen snapshots say of each together. */
export function show_tiles({ all }, run, said) {
  all(".tile").forEach((tile, i) => {
    const { answer, right } = said[i].together;
    const words = `validation image ${run.index[i]}, a ${run.label[i]}: together ${answer}, ${right ? "right" : "wrong"}`;
    tile.querySelector("input").setAttribute("aria-label", words);
    fill(tile.querySelector("[data-tile]"), judged(right));
  });
}

/** What each snapshot says of the digit at `place`. */
export function show_digit({ find, all }, run, place, here, chosen) {
  all(".tile input").forEach((input, i) => {
    input.checked = i === place;
  });
  if (!here) return;
  const label = run.label[place];
  all(".large img").forEach((image, i) => {
    image.classList.toggle("chosen", i === place); // one image with another address would be loaded at each change
  });
  say(find(".says caption"), `validation image ${run.index[place]}: it is a ${label}`);
  say(find("[data-of]"), `gives the ${label}`);
  const row = (who, name, { given, answer, right }) => `<tr data-who="${who}"><th scope="row">${name}</th>
    <td class="answer"><b>${answer}</b> ${judged(right)}</td><td>${given[answer].toFixed(2)}</td>
    <td class="wider">${given[label].toFixed(2)}</td><td class="wide">${bars(given, label)}</td></tr>`;
  const out = (k) => (chosen.includes(k) ? "" : '<span class="note"> · left out</span>');
  fill(
    find(".says tbody"),
    each_of(here.each, (one, k) => row(k + 1, `snapshot ${k + 1}${out(k + 1)}`, one)) +
      row("together", "together", here.together),
  );
}
