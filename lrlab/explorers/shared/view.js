// One view of an explorer: what all of them do around their picture.

import { show_goal } from "./controls.js";
import { forget_widths, say } from "./dom.js";
import { levels_of } from "./levels.js";
import { clamp } from "./numbers.js";
import { hide_still } from "./still.js";
import { let_type } from "./typed.js";

// Milliseconds that a change waits before it is sent to Python: until the hand rests, but not for longer than HELD.
const PAUSE = 250;
const HELD = 1000;

let views = 0;

/** How high the part of the page is in which one sees `el`: of the window, or of what scrolls in it, as a notebook does. */
function sight(el) {
  let height = window.innerHeight;
  for (let node = el.parentElement; node && node !== document.body; node = node.parentElement)
    if (node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY))
      height = Math.min(height, node.clientHeight);
  return height;
}

/** What is spoken once the hand rests, in words: a sentence for every pixel of a drag helps no one. */
export const spoken = '<span class="spoken" aria-live="polite" data-spoken></span>';

/**
 * Begin a view: `page(id)` is its markup, with an id that no other view has. A view draws at once what is changed in it by
 * `set`, and once all that one message from Python changes. It sends changes to Python when the hand rests, not one by one:
 * each message has JupyterLab show a busy kernel and then an idle one, which costs it more than the picture does.
 *
 * @param {import("./types").View} view
 * @param {string} name
 * @param {(id: string) => string} page
 */
export function begin({ model, el }, name, page) {
  const id = `lrlab-${name}-${views++}`;
  let draw = () => {};
  let alive = true;
  let setting = false;
  let due = false;
  let frame = 0;
  let sending = 0;
  let resting = 0;
  let timer;
  let words;
  let seen = 0;
  // To reach a goal with a one-cycle schedule is not to reach it with a plateau: a goal is that of the notebook's schedule.
  const levels = levels_of([name, model.get("_began_with")].filter(Boolean).join(" "));
  el.classList.add("lrlab-explorer", `lrlab-${name}`);
  el.innerHTML = page(id);
  let_type(el);
  /** @type {(selector: string) => any} */
  const find = (selector) => el.querySelector(selector);
  /** Goal and picture may stay where `one` is, once something is unfolded: it moves out from under them. */
  function uncover(one) {
    const stage = find(".stage");
    if (!stage || stage.contains(one) || !find("details[open]")) return; // to ask for a place costs a layout
    const { bottom, height } = stage.getBoundingClientRect();
    one.style.scrollMarginTop = `${height + 8}px`;
    if (one.getBoundingClientRect().top < bottom) one.scrollIntoView({ block: "nearest" });
  }
  /** @param {any} event */
  function focused({ target }) {
    if (target.matches(":focus-visible")) uncover(target);
  }
  el.addEventListener("focusin", focused);
  // While a fold is closed, the page may get another width; this captures the event, so it comes before what draws inside.
  /** @param {any} event */
  function unfold({ target }) {
    forget_widths(target);
    if (target.open) uncover(target.firstElementChild);
  }
  el.addEventListener("toggle", unfold, true);
  /** @type {(selector: string) => any[]} */
  const all = (selector) => [...el.querySelectorAll(selector)];

  function now() {
    due = false;
    if (alive) draw();
  }
  const held = new Map(); // what has been set and not been sent
  const sent = new Map(); // what was sent last
  const lost = new Map(); // what was held and gave way to a value of a cell or of another view
  /** Set values in the model that change nothing in the picture. */
  function quietly(go) {
    const before = due;
    setting = true;
    go();
    setting = false;
    due = before;
  }
  /**
   * Whether a value that has come is only what Python repeats, once, of what it got, while you have gone on: then what you
   * did stays, and the picture with it. Any other value counts more than yours.
   */
  function repeated(key) {
    const last = sent.get(key);
    sent.delete(key);
    if (!held.has(key)) return false;
    const own = held.get(key);
    const now = JSON.stringify(model.get(key));
    if (now === JSON.stringify(own)) return false;
    if (now === JSON.stringify(last)) {
      quietly(() => model.set(key, own));
      return true;
    }
    held.delete(key);
    lost.set(key, own);
    return false;
  }
  function changed(key) {
    if (!setting && repeated(key)) return;
    if (!due && !setting) queueMicrotask(() => due && now());
    due = true;
  }
  function set(values) {
    setting = true;
    Object.entries(values).forEach(([key, value]) => {
      held.set(key, value);
      lost.delete(key);
      model.set(key, value);
    });
    setting = false;
    clearTimeout(resting);
    resting = window.setTimeout(send, PAUSE);
    sending ||= window.setTimeout(send, HELD);
    if (due) now();
  }
  /** Send to Python at once what has been set, for what only Python can answer. */
  function send() {
    if (!sending) return;
    clearTimeout(resting);
    clearTimeout(sending);
    sending = 0;
    held.forEach((value, key) => sent.set(key, value));
    held.clear();
    // The model would send those nevertheless, as that is what was set here last. So the value that is there is set.
    quietly(() =>
      lost.forEach((value, key) => {
        const now = model.get(key);
        model.set(key, value);
        model.set(key, now);
      }),
    );
    lost.clear();
    model.save_changes();
  }
  /** Before you can do anything else in the notebook, Python has what was done here. */
  const leave = (place) => el.contains(place) || send();
  const press = ({ target }) => leave(target);

  return {
    id,
    find,
    all,
    set,
    send,
    get: (key) => model.get(key),
    /** @type {(keys: string[]) => any} */
    read: (keys) => Object.fromEntries(keys.map((key) => [key, model.get(key)])),
    /** How many pixels high the picture may be, so that its goal and its main controls are seen with it. */
    tall(share = 0.5) {
      seen ||= sight(el);
      return Math.round(clamp(share * seen, 190, 430));
    },
    /** Draw before the next frame, once, however often it is asked: for what changes by itself. */
    soon() {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        now();
      });
    },
    /** Call `go` with each element for `selector`, on its `event`. */
    on(selector, event, go) {
      all(selector).forEach((one) => {
        one.addEventListener(event, (given) => go(one, given));
      });
    },
    /** Have a sentence spoken, once the hand rests: but not what is there at first, nor twice. */
    speak(sentence) {
      if (sentence === words) return;
      clearTimeout(timer);
      if (words !== undefined) timer = setTimeout(() => say(find("[data-spoken]"), sentence), 500);
      words = sentence;
    },
    /** Show a goal, or of several levels the one that one is at, and return it. Python knows whether the first is met. */
    goal(...given) {
      const all_levels = given.filter(Boolean);
      const goal = all_levels.length ? levels.pick(model.get("goal"), all_levels) : null;
      show_goal(find(".goal"), goal);
      const met = Boolean(all_levels[0]?.met);
      if (model.get("goal_met") !== met) {
        set({ goal_met: met });
        send(); // you may have left already: a run ends by itself
      }
      return goal;
    },
    /** Draw now, and whenever one of the model's `keys` changes, or the width or the theme does. Returns what ends it. */
    run(keys, drawing) {
      draw = drawing;
      let width = el.clientWidth; // the height follows from what is drawn
      const size = new ResizeObserver(() => {
        if (el.clientWidth === width) return;
        width = el.clientWidth;
        seen = 0;
        now();
      });
      const calls = new Map(keys.map((key) => [key, () => changed(key)]));
      calls.forEach((call, key) => {
        model.on(`change:${key}`, call);
      });
      size.observe(el);
      const theme = new MutationObserver(now); // most of it follows by the style sheet, but not what is on a canvas
      theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
      el.addEventListener("focusout", ({ relatedTarget }) => leave(relatedTarget));
      document.addEventListener("pointerdown", press, true);
      window.addEventListener("pagehide", send);
      const first = Object.fromEntries(
        keys.filter((key) => !/^_|^goal$/.test(key)).map((key) => [key, model.get(key)]),
      );
      find("[data-reset]")?.addEventListener("click", () => set(first));
      find("[data-next]")?.addEventListener("click", () => {
        levels.next(model.get("goal"));
        now();
      });
      draw();
      all("input[type=range]").forEach((one) => {
        one.first_place = one.value; // of those that set_slider doesn't keep
      });
      const show_still = hide_still(el);
      return () => {
        alive = false;
        send();
        document.removeEventListener("pointerdown", press, true);
        window.removeEventListener("pagehide", send);
        show_still();
        size.disconnect();
        theme.disconnect();
        clearTimeout(timer);
        cancelAnimationFrame(frame);
        calls.forEach((call, key) => {
          model.off(`change:${key}`, call);
        });
      };
    },
  };
}

/** Where one reads off: the slider that `reader` made, and the step on it. */
export function show_reader(view, at, last, words = String(at)) {
  const input = view.find("[data-reader]");
  input.max = String(last);
  input.value = String(at);
  if (input.getAttribute("aria-valuetext") !== `step ${words}`) input.setAttribute("aria-valuetext", `step ${words}`);
  say(view.find("[data-at]"), words);
}
