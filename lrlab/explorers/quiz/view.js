// A quiz: what is chosen answers at once, with its own sentence, and the other answers stay hidden. It works without a
// kernel. The first answers are kept in the browser, for the count.
import { each_of, escaped } from "../shared/dom.js";
import { hide_still } from "../shared/still.js";

const KEPT = "lrlab-quizzes";
// JupyterLab takes the arrow keys from a focused element to move between cells, unless it says that they are its own.
const OWN_KEYS = 'data-lm-suppress-shortcuts="true"';

/** Text with `code` and *emphasis* as markup. */
const marked = (text) =>
  escaped(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*(\w[^*]*)\*/g, "<em>$1</em>");

/** The letters first chosen in this browser, by question; empty where it keeps nothing. */
function first_answers() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

function keep(id, letter) {
  const before = first_answers();
  if (id in before) return;
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...before, [id]: letter }));
  } catch {
    // a private window
  }
}

function question_markup(question, number, name) {
  const choice = ([letter, [text]]) => `<div class="choice" data-letter="${letter}">
    <input type="radio" name="${name}" id="${name}-${letter}" value="${letter}" ${OWN_KEYS}>
    <label for="${name}-${letter}">(${letter}) ${marked(text)} <span class="sign"></span></label></div>`;
  const picture = question.picture
    ? `<img src="${question.picture.src}" alt="${escaped(question.picture.alt)}" width="560">`
    : "";
  return `<fieldset data-id="${question.id}"><legend>${number}. ${marked(question.question)}</legend>${picture}
    ${each_of(Object.entries(question.choices), choice)}<p class="reason" role="status"></p></fieldset>`;
}

let views = 0;

function render({ model, el }) {
  const questions = model.get("_questions");
  const view = ++views;
  /** @type {any} */
  const own = document.createElement("div");
  own.className = "lrlab-prediction lrlab-quiz";
  own.innerHTML = `${each_of(questions, (one, i) => question_markup(one, i + 1, `lrlab-quiz-${view}-${i}`))}
    <p class="tally" role="status"></p>`;
  el.append(own);

  function draw_question(question, letter) {
    const place = own.querySelector(`[data-id="${question.id}"]`);
    const right = letter === question.answer;
    for (const row of place.querySelectorAll(".choice")) {
      const is_own = row.dataset.letter === letter;
      row.classList.toggle("right", is_own && right);
      row.classList.toggle("wrong", is_own && !right);
      row.querySelector("input").checked = is_own;
      row.querySelector(".sign").textContent = is_own ? (right ? "✓ right" : "✗ not this one") : "";
    }
    place.querySelector(".reason").innerHTML = letter ? marked(question.choices[letter][1]) : "";
  }

  function draw() {
    const chosen = model.get("chosen");
    for (const question of questions) draw_question(question, chosen[question.id]);
    const first = first_answers();
    const answered = questions.filter((one) => one.id in first);
    const right = answered.filter((one) => first[one.id] === one.answer);
    own.querySelector(".tally").textContent = answered.length
      ? `${right.length} of ${questions.length} right at the first try` +
        (answered.length < questions.length ? `, ${questions.length - answered.length} to go.` : ".")
      : "";
  }

  own.addEventListener("change", ({ target }) => {
    const id = target.closest("fieldset").dataset.id;
    keep(id, target.value);
    model.set("chosen", { ...model.get("chosen"), [id]: target.value });
    model.save_changes();
    draw();
  });
  model.on("change:chosen", draw);
  draw();
  const show_still = hide_still(el);
  return () => {
    model.off("change:chosen", draw);
    show_still();
    own.remove();
  };
}

export default { render };
