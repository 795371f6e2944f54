// The explorer of any schedule: it computes and draws in the page, so that the picture follows the slider at once, also
// while the kernel is busy or gone. Python (widget.py) holds the state, says what there is to choose and which controls
// move it (`_entries`), and computes what the page has no formula for (`_curves`).

import { curves, momenta } from "../shared/formulas.js";
import { OWN_KEYS, keep_drawn, number, put, say, show_goal } from "../shared/controls.js";
import { chart } from "./plot.js";
import { goals, python, torch } from "./text.js";
import { COMMON, ends, page, sample, scale, shown, widget } from "./controls.js";

const PINS = ["A", "B", "C", "D"];
const GROUPS = ["the lecture's", "torch's", "of the field", "yours"];
const KEYS = ["schedule", "compare", "steps", "steps_per_epoch", "log_y", "goal", "_curves", "_entries", "_refused"];
let views = 0;

function render({ model, el }) {
  const id = `lrlab-schedule-${views++}`;
  el.classList.add("lrlab-explorer", "lrlab-schedule");
  el.innerHTML = page(id);
  const find = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const svg = find(".plot");
  const reader = find("[data-reader]");
  const names = find("[data-name]");
  const last_used = {}; // each schedule's values, for when one comes back to it
  const letters = []; // the letter of each pin: it keeps it when another one goes
  let at = Math.floor(model.get("steps") / 2);
  let nearest = (_clientX) => 0;
  let built;
  let fitted;
  let listed;
  let refusal = "";
  let timer;

  const choose = (key, value) => {
    model.set(key, value);
    model.save_changes();
  };
  const entry_of = ({ name }) => model.get("_entries")[name];

  function change(name, value) {
    const { name: which, values } = model.get("schedule");
    const next = { ...values, [name]: value };
    entry_of({ name: which }).fields.forEach(({ name: other, control }) => {
      const limit = control?.at_most; // one count that another one bounds
      if (limit) next[other] = Math.min(next[other], next[limit]);
    });
    refusal = "";
    choose("schedule", { name: which, values: next });
  }

  /** What to draw of a schedule; null while its curve is still on the way from Python. */
  function line(spec, i, key) {
    const entry = entry_of(spec);
    const sent = model.get("_curves")[i];
    const { name, values } = spec;
    const steps = model.get("steps");
    if (!entry) return null;
    const words = python(entry, values);
    if (entry.in_page)
      return { key, words, rates: curves[name](values, steps), momentum: momenta[name]?.(values, steps) };
    return sent?.name === name ? { key, words, ...sent } : null;
  }

  function list() {
    const entries = model.get("_entries");
    const of = (group) => Object.keys(entries).filter((name) => entries[name].group === group);
    const group = (label) =>
      `<optgroup label="${label}">${of(label)
        .map((name) => `<option>${name}</option>`)
        .join("")}</optgroup>`;
    names.innerHTML = GROUPS.filter((label) => of(label).length)
      .map(group)
      .join("");
    listed = entries;
  }

  function build(entry) {
    const fields = entry.fields.filter((field) => field.control);
    find(".sliders").innerHTML = fields.map((field) => widget(`${id}-${field.name}`, field)).join("");
    find(".math").innerHTML = entry.math;
    find("[data-hint]").innerHTML = entry.hint;
    fields.forEach((field) => wire(field, find(`.sliders [data-field="${field.name}"]`)));
    built = entry;
    fitted = 0;
  }

  /** Letters small enough, and a place high enough, for the formula with any numbers: they must not move what is below. */
  function fit() {
    const math = find(".math");
    built.fields.forEach(({ name, control }) =>
      all(`.math [data-number="${name}"]`).forEach((slot) => {
        slot.textContent = control?.kind === "steps" ? "{30, 60, 90}" : control?.whole ? "200" : "0.0123";
      }),
    );
    Object.assign(math.style, { fontSize: "", height: "" });
    const room = math.clientWidth / math.scrollWidth;
    if (room < 1) math.style.fontSize = `${Math.max(10.5, 15 * room * 0.98)}px`;
    const wide = math.scrollWidth > math.clientWidth + 1; // still: then it scrolls, by the keyboard too
    wide ? math.setAttribute("tabindex", "0") : math.removeAttribute("tabindex");
    if (math.childElementCount) math.style.height = `${math.offsetHeight + (wide ? 16 : 4)}px`;
    fitted = el.clientWidth;
  }

  function wire({ name, control }, input) {
    input.addEventListener(control.kind === "number" || control.kind === "steps" ? "input" : "change", () => {
      if (control.kind === "switch") return change(name, input.checked);
      if (control.kind === "choice") return change(name, input.value);
      if (control.kind === "number") return change(name, input.scale.value(input.valueAsNumber));
      const good = /^\s*\d+(\s*,\s*\d+)*\s*,?\s*$/.test(input.value);
      input.setAttribute("aria-invalid", String(!good));
      if (good)
        return change(
          name,
          input.value
            .split(",")
            .filter((part) => part.trim())
            .map(Number)
            .sort((a, b) => a - b),
        );
      refusal = `${name} must be ${control.words}, got ${JSON.stringify(input.value)}`;
      return draw();
    });
  }

  function set_slider(input, control, value, text) {
    const { notch } = control;
    const seen = input.seen ?? []; // a widened slider stays so, or its end would follow the hand
    input.seen = seen;
    if (value !== notch && value !== null) {
      const all_seen = [...seen, value];
      input.seen = [Math.min(...all_seen), Math.max(...all_seen)];
    }
    input.scale = scale(control, ends(control, input.seen, model.get("steps")));
    const { min, max, step, place } = input.scale;
    put(input, { min, max, step, "aria-valuetext": text });
    input.value = place(value);
    say(input.parentNode.querySelector("output"), text);
  }

  function show_controls(entry, values) {
    entry.fields
      .filter((field) => field.control)
      .forEach(({ name, control }) => {
        const input = find(`.sliders [data-field="${name}"]`);
        const value = values[name];
        const text = shown(value, control);
        if (control.kind === "number") set_slider(input, control, value, text);
        else if (control.kind === "switch") input.checked = value;
        else if (control.kind === "choice") input.value = value;
        else if (document.activeElement !== input) input.value = text; // never under the hand that writes
      });
    all(".math [data-number]").forEach((slot) => {
      const { control } = entry.fields.find((field) => field.name === slot.dataset.number) ?? {};
      const text = shown(values[slot.dataset.number], { whole: control?.whole });
      say(slot, control?.kind === "steps" ? `{${text}}` : text);
    });
    Object.entries(COMMON).forEach(([key, control]) => {
      const value = model.get(key);
      const unit = key === "steps" || value > 1 ? "steps" : "step";
      set_slider(find(`[data-common=${key}]`), control, value, `${value} ${unit}`);
    });
    find("[data-log]").checked = model.get("log_y");
  }

  function show_lines(lines) {
    const body = find(".lines tbody");
    const keys = lines.map(({ key }) => key).join();
    if (body.dataset.keys !== keys) {
      // else the texts alone, so that a button keeps the focus
      body.dataset.keys = keys;
      // The roles are said, as a narrow page lays the rows out in another way, which would take them away.
      body.innerHTML = lines
        .map(
          ({ key }) => `<tr role="row"><th role="rowheader">${sample(key)}${key === "now" ? "" : `<b>${key}</b>`}
        <code data-words="${key}"></code></th><td role="cell" data-rate="${key}"></td><td role="cell" data-momentum="${key}"></td>
        <td role="cell"><button type="button" ${key === "now" ? "data-pin" : `data-unpin="${key}"`} ${OWN_KEYS}></button></td></tr>`,
        )
        .join("");
    }
    const momentum = lines.some((one) => one.momentum);
    find(".lines").classList.toggle("with-momentum", momentum);
    lines.forEach((one) => {
      const of = (values) => (values?.[at] === undefined ? "–" : number(values[at]));
      say(find(`[data-words=${one.key}]`), one.words);
      say(find(`[data-rate=${one.key}]`), of(one.rates));
      say(find(`td[data-momentum=${one.key}]`), of(one.momentum));
      const button = find(one.key === "now" ? "[data-pin]" : `[data-unpin=${one.key}]`);
      say(button, one.key === "now" ? "Pin" : "Remove");
      put(button, {
        "aria-label": one.key === "now" ? "pin this curve to compare" : `remove ${one.key}, ${one.words}`,
      });
      if (one.key === "now") button.disabled = lines.length > model.get("_most_pins");
    });
    put(reader, { "aria-valuetext": `step ${at}` });
    clearTimeout(timer); // spoken once the hand rests: a sentence for every pixel of a drag helps nobody
    timer = setTimeout(() => {
      const values = lines.map(
        ({ key, rates }) => `${key === "now" ? "the rate is" : key} ${number(rates[at] ?? NaN)}`,
      );
      find("[data-spoken]").textContent = `At step ${at}: ${values.join(", ")}`;
    }, 500);
  }

  function ask_goal({ rates }) {
    const name = model.get("goal");
    if (!name) return null;
    const finite = rates.filter(Number.isFinite);
    return {
      ...goals[name].ask(
        finite,
        finite.reduce((a, b) => Math.max(a, b), 0),
      ),
      text: goals[name].text,
    };
  }

  function draw() {
    const spec = model.get("schedule");
    const entry = entry_of(spec);
    const steps = model.get("steps");
    if (!entry) return; // its entry is on the way
    if (listed !== model.get("_entries")) list();
    if (built !== entry) build(entry);
    if (fitted !== el.clientWidth) fit();
    names.value = spec.name;
    last_used[spec.name] = spec.values;
    at = Math.min(at, steps - 1);
    put(reader, { max: steps - 1 });
    reader.value = at;
    const unit = model.get("steps_per_epoch");
    say(find("[data-at]"), unit > 1 ? `${at} (epoch ${number(at / unit)})` : at);
    show_controls(entry, spec.values);

    const refused = refusal || model.get("_refused");
    find(".refused").hidden = !refused;
    say(find(".refused"), refused);

    const pins = model.get("compare");
    letters.length = Math.min(letters.length, pins.length);
    pins.forEach((_, i) => {
      letters[i] ??= PINS.find((letter) => !letters.includes(letter));
    });
    const now = line(spec, 0, "now");
    const others = pins.map((pin, i) => line(pin, i + 1, letters[i])).filter(Boolean);
    if (!now) return; // the picture stays until its curve has come
    const goal = ask_goal(now);
    const ring = goal?.ring ? { rate: goal.ring, met: goal.met } : null;
    nearest = chart(svg, {
      lines: [...others, now],
      steps,
      steps_per_epoch: unit,
      log_y: model.get("log_y"),
      at,
      ring,
    });
    show_lines([now, ...others]);
    say(find("[data-code=lrlab]"), now.words);
    say(find("[data-code=torch]"), torch(entry, spec.values, now.torch));
    show_goal(find(".goal"), goal);
    if (model.get("goal_met") !== Boolean(goal?.met)) choose("goal_met", Boolean(goal?.met));
  }

  names.addEventListener("change", () => {
    const entry = entry_of({ name: names.value });
    const { lr } = model.get("schedule").values;
    const values = { ...(last_used[names.value] ?? entry.start) };
    if (lr !== undefined && "lr" in values) values.lr = lr; // the same rate, in another schedule
    refusal = "";
    choose("schedule", { name: names.value, values });
  });
  Object.entries(COMMON).forEach(([key]) => {
    const input = find(`[data-common=${key}]`);
    input.addEventListener("input", () => choose(key, input.scale.value(input.valueAsNumber)));
  });
  find("[data-log]").addEventListener("change", (event) => choose("log_y", event.target.checked));
  find(".lines").addEventListener("click", ({ target }) => {
    const pins = model.get("compare");
    if (target.matches("[data-pin]")) choose("compare", [...pins, model.get("schedule")]);
    if (!target.matches("[data-unpin]")) return;
    const i = letters.indexOf(target.dataset.unpin);
    letters.splice(i, 1);
    choose(
      "compare",
      pins.filter((_, k) => k !== i),
    );
    find("[data-pin]").focus();
  });
  find(".codes").addEventListener("click", async ({ target }) => {
    if (!target.matches("[data-copy]")) return;
    const text = find(`[data-code=${target.dataset.copy}]`);
    getSelection()?.selectAllChildren(text); // where the clipboard is barred, Ctrl+C does it
    const done = await navigator.clipboard?.writeText(text.textContent).then(
      () => true,
      () => false,
    );
    find("[data-copied]").textContent = done ? "Copied" : "Selected: press Ctrl+C";
    target.textContent = done ? "Copied" : "Ctrl+C";
    setTimeout(() => {
      target.textContent = "Copy";
    }, 1500);
  });
  const read = (step) => {
    at = step;
    draw();
  };
  const end = keep_drawn({ model, keys: KEYS, el, svg, reader, step_at: (x) => nearest(x), read, draw });
  return () => {
    end();
    clearTimeout(timer);
  };
}

export default { render };
