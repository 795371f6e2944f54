// The numbers beside the sliders: typed, and taken back.

import { OWN_KEYS } from "./controls.js";
import { RAISED } from "./numbers.js";

const POWER = new RegExp(`(?:\\s*[×x*]\\s*)?10([${RAISED}]+)`);

/** A number as people write it: 0.25, 1e-3, 10⁻³, 3 × 10⁻⁴, 50 steps, 5 %; null for None, NaN for anything else. */
export function read_number(text) {
  const plain = text
    .trim()
    .replace(POWER, (_, high) => `e${[...high].map((c) => "0123456789-"[RAISED.indexOf(c)]).join("")}`)
    .replace(/^e/, "1e")
    .replace("−", "-")
    .replace(",", ".");
  if (/^none$/i.test(plain)) return null;
  const match = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/i.exec(plain);
  return match ? Number(match[0]) / (plain.endsWith("%") ? 100 : 1) : NaN;
}

/** Move a slider to a place of its own, as a hand does. */
function move(input, place) {
  input.value = String(place);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Have a slider take a value as if a hand had moved it there, but exactly. */
function take_number(input, value) {
  const { scale, place_of } = input;
  if (!scale) return move(input, place_of ? place_of(value) : value);
  input.typed = { value: scale.fit(value) };
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.typed = undefined;
}

/** The number in a slider's words, with its power of ten or its %, and without a unit: 2.5 × 10⁻⁵ of "2.5 × 10⁻⁵ (1 of 13)". */
const number_in = (words) => words.split(/,? (?![×%]|10)/)[0];

/** Let all numbers beside sliders in `el` be typed, and a double-click on a slider take it back to where it was at first. */
export function let_type(el) {
  /** A field in the number's place, until the number is taken or left. */
  function open(input, begun = "") {
    const output = input.parentNode.querySelector("output");
    if (!output || input.disabled || output.hidden) return;
    output.insertAdjacentHTML(
      "afterend",
      `<input class="typed" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" ${OWN_KEYS}>`,
    );
    const field = output.nextElementSibling;
    field.setAttribute("aria-label", `${input.labels[0]?.textContent.trim()}, as a number`);
    output.hidden = true;
    const before = number_in(output.textContent);
    field.value = begun || before;
    field.focus();
    if (!begun) field.select();
    const close = (then) => {
      field.onblur = null;
      field.remove();
      output.hidden = false;
      then?.();
    };
    /** Take what is there; whether it is a number. What is shown is rounded, so one left as it was changes nothing. */
    const use = () => {
      if (!begun && field.value === before) {
        close();
        return true;
      }
      const value = read_number(field.value);
      if (Number.isNaN(value)) return false;
      close(() => take_number(input, value));
      return true;
    };
    field.onblur = () => use() || close();
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close(() => input.focus());
      if (event.key !== "Enter") return;
      if (use()) input.focus();
      else field.setAttribute("aria-invalid", "true");
    };
  }

  const slider_at = (target) => target.closest(".slider")?.querySelector("input[type=range]");
  el.addEventListener("click", ({ target }) => {
    if (target.matches(".slider output")) open(slider_at(target));
  });
  el.addEventListener("dblclick", ({ target }) => {
    if (!target.matches("input[type=range]")) return;
    if (target.take_back) target.take_back();
    else if (target.first) take_number(target, target.first.value);
    else move(target, target.first_place);
  });
  el.addEventListener("keydown", (event) => {
    const { target, key } = event;
    target.closest(".slider, .explained")?.classList.toggle("calm", key === "Escape"); // its sentence goes
    if (!target.matches("input[type=range]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!/^[\d.]$/.test(key) && key !== "Enter") return;
    event.preventDefault();
    open(target, key === "Enter" ? "" : key);
  });
}
