// A prediction: answered before a cell is run, compared with the result afterwards. All of it happens in the page, so it
// works without a kernel. What was answered is kept in the browser, for the count over the course.

import { first_answers, keep_first, marked_up } from "../shared/answers.js";
import { OWN_KEYS } from "../shared/controls.js";
import { each_of, fill, say } from "../shared/dom.js";
import { begin } from "../shared/view.js";
import { distance, sketch_in, sketch_markup } from "./sketch.js";

const KEPT = "lrlab-predictions";

const choice_markup = (id, [letter, [text]]) => `<div class="choice" data-letter="${letter}">
  <input type="radio" name="${id}" id="${id}-${letter}" value="${letter}" ${OWN_KEYS}>
  <label for="${id}-${letter}">(${letter}) ${marked_up(text)} <span class="sign"></span></label>
  <p hidden></p></div>`;

const page = (question) => (id) =>
  `
  <fieldset><legend>Your prediction<span class="spoken">: ${marked_up(question.question)}</span></legend>
    ${question.sketch ? sketch_markup : each_of(Object.entries(question.choices), (one) => choice_markup(id, one))}</fieldset>
  <div class="below"><button type="button" ${OWN_KEYS}>Compare</button><p class="hint"></p>
    <p class="verdict" role="status"></p><p class="reason" hidden></p><p class="tally"></p></div>`;

/** What to do next; nothing once the answer is compared. On the site no cell runs: the result is already on the page. */
function hint(compared, answered, asked, on_site) {
  if (compared) return "";
  const next = on_site ? "read on to the result" : "run the next cell";
  if (answered) return `Noted. ${next[0].toUpperCase()}${next.slice(1)}, then compare.`;
  const how = asked ? "Drag the points (or use the arrow keys)" : "Choose";
  return `${how}, ${next}, then compare.`;
}

function verdict(right, away) {
  if (away === null) return right ? "✓ Right." : "✗ Not this time.";
  return `${right ? "✓ Right." : "✗ Not close."} On average you were ${Math.round(100 * away)} % of the height away.`;
}

/** Which choice is right and which was chosen, each with its reason, once they are compared. */
function show_choices({ all, get }, question, compared) {
  all(".choice").forEach((row) => {
    const { letter } = row.dataset;
    const own = letter === get("choice");
    const right = letter === question.answer;
    row.classList.toggle("right", compared && right);
    row.classList.toggle("wrong", compared && own && !right);
    const input = row.querySelector("input");
    input.checked = own;
    input.disabled = compared && !own; // what was chosen stays reachable, and can't be left by an arrow key
    const sign = right ? (own ? "✓ right, and yours" : "✓ right") : own ? "✗ yours" : "";
    say(row.querySelector(".sign"), compared ? sign : "");
    const reason = row.querySelector("p");
    fill(reason, compared ? marked_up(question.choices[letter][1]) : "");
    reason.hidden = !compared;
  });
}

/** @param {import("../shared/types").View} given */
function render(given) {
  const question = given.model.get("_question");
  const asked = question.sketch;
  const on_site = Boolean(given.el.closest(".lrlab-mount"));
  const view = begin(given, "prediction", page(question));
  const { find, get, set } = view;
  const answered = () => (asked ? get("sketch").length > 0 : get("choice") !== null);
  const away = () => (asked ? distance(get("sketch"), asked) : null);
  const right = () => (asked ? distance(get("sketch"), asked) <= asked.close : get("choice") === question.answer);
  const drawn = () => (get("sketch").length ? get("sketch") : asked.x.map(() => (asked.low + asked.high) / 2));
  const show_sketch =
    asked &&
    sketch_in(find("svg"), asked, drawn, (sketch) => {
      if (!get("compared")) set({ sketch });
    });

  function draw() {
    const compared = get("compared") && answered();
    if (asked) show_sketch(compared);
    else show_choices(view, question, compared);
    find("button").disabled = !answered();
    say(find("button"), compared ? "Answer again" : "Compare");
    say(find(".hint"), hint(compared, answered(), asked, on_site));
    say(find(".verdict"), compared ? verdict(right(), away()) : "");
    find(".reason").hidden = !(asked && compared);
    fill(find(".reason"), asked && compared ? marked_up(asked.reason) : "");
    const first = Object.values(first_answers(KEPT));
    const hits = first.filter((answer) => answer.right).length;
    const tally = `${hits} of ${first.length} right at the first try; the course has ${get("_count")}.`;
    say(find(".tally"), compared && first.length ? tally : "");
  }

  view.on("button", "click", () => {
    if (get("compared")) return set({ compared: false, choice: null, sketch: [] });
    keep_first(KEPT, question.id, { choice: get("choice"), sketch: get("sketch"), right: right() });
    return set({ compared: true });
  });
  view.on("input", "change", (input) => set({ choice: input.value }));
  const before = first_answers(KEPT)[question.id];
  if (before && !answered()) set({ choice: before.choice, sketch: before.sketch, compared: true });
  return view.run(["choice", "sketch", "compared"], draw);
}

export default { render };
