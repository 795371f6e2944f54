// A quiz: what is chosen answers at once, with its own sentence, and the other answers stay hidden. It works without a
// kernel. The first answers are kept in the browser, for the count.
import { first_answers, keep_first, marked_up } from "../shared/answers.js";
import { OWN_KEYS } from "../shared/controls.js";
import { each_of, escaped, fill, say } from "../shared/dom.js";
import { begin } from "../shared/view.js";

const KEPT = "lrlab-quizzes";

function question_markup(question, number, name) {
  const choice = ([letter, [text]]) => `<div class="choice" data-letter="${letter}">
    <input type="radio" name="${name}" id="${name}-${letter}" value="${letter}" ${OWN_KEYS}>
    <label for="${name}-${letter}">(${letter}) ${marked_up(text)} <span class="sign"></span></label></div>`;
  const picture = question.picture
    ? `<img src="${question.picture.src}" alt="${escaped(question.picture.alt)}" width="400">`
    : "";
  return `<fieldset data-id="${question.id}"><legend>${number}. ${marked_up(question.question)}</legend>${picture}
    ${each_of(Object.entries(question.choices), choice)}<p class="reason" role="status"></p></fieldset>`;
}

/** @param {import("../shared/types").View} given */
function render(given) {
  const questions = given.model.get("_questions");
  const all_of = (id) => each_of(questions, (one, i) => question_markup(one, i + 1, `${id}-${i}`));
  const view = begin(given, "quiz", (id) => `${all_of(id)}<p class="tally" role="status"></p>`);
  const { find, get, set } = view;
  given.el.classList.add("lrlab-prediction"); // whose looks the choices have

  function draw_question(question, letter) {
    const place = find(`[data-id="${question.id}"]`);
    const right = letter === question.answer;
    for (const row of place.querySelectorAll(".choice")) {
      const own = row.dataset.letter === letter;
      row.classList.toggle("right", own && right);
      row.classList.toggle("wrong", own && !right);
      row.querySelector("input").checked = own;
      say(row.querySelector(".sign"), own ? (right ? "✓ right" : "✗ not this one") : "");
    }
    fill(place.querySelector(".reason"), letter ? marked_up(question.choices[letter][1]) : "");
  }

  function draw() {
    const chosen = get("chosen");
    for (const question of questions) draw_question(question, chosen[question.id]);
    const first = first_answers(KEPT);
    const answered = questions.filter((one) => one.id in first);
    const right = answered.filter((one) => first[one.id] === one.answer);
    const left = questions.length - answered.length;
    const tally = `${right.length} of ${questions.length} right at the first try${left ? `, ${left} to go.` : "."}`;
    say(find(".tally"), answered.length ? tally : "");
  }

  view.on("input", "change", (input) => {
    const { id } = input.closest("fieldset").dataset;
    keep_first(KEPT, id, input.value);
    set({ chosen: { ...get("chosen"), [id]: input.value } });
  });
  return view.run(["chosen"], draw);
}

export default { render };
