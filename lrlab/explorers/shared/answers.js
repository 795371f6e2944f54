// The course's questions: their markup, and the first answers, which the browser keeps for the count.

import { escaped } from "./dom.js";

/** Text with `code` and *emphasis* as markup. */
export const marked_up = (text) =>
  escaped(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*(\w[^*]*)\*/g, "<em>$1</em>");

/** The first answers, by question, of those kept under `name`; empty where the browser keeps nothing. */
export function first_answers(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "{}");
  } catch {
    return {};
  }
}

/** Keep an answer, unless the question has one. */
export function keep_first(name, id, answer) {
  const before = first_answers(name);
  if (id in before) return;
  try {
    localStorage.setItem(name, JSON.stringify({ ...before, [id]: answer }));
  } catch {
    // a private window
  }
}
