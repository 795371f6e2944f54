// A prediction: answered before a cell is run, compared with the result afterwards. All of it happens in the page, so it
// works without a kernel. What was answered is kept in the browser, for the count over the course.

const KEPT = "lrlab-predictions";
// JupyterLab takes the arrow keys from a focused element to move between cells, unless it says that they are its own.
const OWN_KEYS = 'data-lm-suppress-shortcuts="true"';
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [600, 240, 62, 14, 22, 40];

const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
const marked_up = (text) => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

/** The first answers of the course, by question: {choice or sketch, right}. Empty where the browser keeps nothing. */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}
function keep(id, answer) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [id]: answer }));
  } catch {
    /* a private window */
  }
}

/** How far a sketch is from the truth: the mean distance, as a share of the y axis. */
export function distance(drawn, { truth, low, high }) {
  return drawn.reduce((sum, y, i) => sum + Math.abs(y - truth[i]), 0) / truth.length / (high - low);
}

const choice_markup = (name, [letter, [text]]) => `<div class="choice" data-letter="${letter}">
  <input type="radio" name="${name}" id="${name}-${letter}" value="${letter}" ${OWN_KEYS}>
  <label for="${name}-${letter}">(${letter}) ${marked_up(text)} <span class="sign"></span></label>
  <p hidden></p></div>`;

const number = (value) => Number(value.toPrecision(3)).toString().replace("-", "−");

function sketch_markup(asked) {
  const x = (i) => LEFT + ((asked.x[i] - asked.x[0]) / (asked.x.at(-1) - asked.x[0])) * (WIDTH - LEFT - RIGHT);
  const middle = (HEIGHT + TOP - BOTTOM) / 2;
  const handle = (_, i) => `<circle r="6" cx="${x(i)}" cy="${middle}" tabindex="0" role="slider" ${OWN_KEYS}
    aria-label="${escaped(asked.y_name)} at ${escaped(asked.x_name)} ${asked.x[i]}"
    aria-valuemin="${asked.low}" aria-valuemax="${asked.high}" data-at="${i}"></circle>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="A curve to sketch">
    <rect class="frame" x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}"></rect>
    <text x="${LEFT - 6}" y="${TOP + 5}" text-anchor="end">${number(asked.high)}</text>
    <text x="${LEFT - 6}" y="${HEIGHT - BOTTOM + 4}" text-anchor="end">${number(asked.low)}</text>
    <text x="${LEFT}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">${asked.x[0]}</text>
    <text x="${WIDTH - RIGHT}" y="${HEIGHT - BOTTOM + 17}" text-anchor="end">${asked.x.at(-1)}</text>
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(asked.x_name)}</text>
    <text x="4" y="13">${escaped(asked.y_name)}</text>
    <path class="truth" d="" hidden></path><path class="own" d=""></path>
    ${asked.x.map(handle).join("")}
    <g class="names" hidden><text class="name" x="${WIDTH - RIGHT}" y="13" text-anchor="end">solid: yours, dashed: the truth</text></g>
  </svg>`;
}

let views = 0;

function render({ model, el }) {
  const question = model.get("_question");
  const asked = question.sketch;
  const name = `lrlab-prediction-${++views}`;
  const own = document.createElement("div");
  own.className = "lrlab-prediction";
  const body = asked
    ? sketch_markup(asked)
    : Object.entries(question.choices)
        .map((one) => choice_markup(name, one))
        .join("");
  own.innerHTML = `<fieldset><legend>Your prediction<span class="question">: ${marked_up(question.question)}</span></legend>${body}</fieldset>
    <div class="below"><button type="button" ${OWN_KEYS}>Compare</button><p class="hint"></p>
    <p class="verdict" role="status"></p><p class="reason" hidden></p><p class="tally"></p></div>`;
  el.append(own);
  const find = (selector) => own.querySelector(selector);
  const all = (selector) => [...own.querySelectorAll(selector)];
  const button = find("button");
  const set = (values) => {
    Object.entries(values).forEach(([key, value]) => model.set(key, value));
    model.save_changes();
  };
  const answered = () => (asked ? model.get("sketch").length > 0 : model.get("choice") !== null);
  const right = () =>
    asked ? distance(model.get("sketch"), asked) <= asked.close : model.get("choice") === question.answer;

  const across = (i) => LEFT + ((asked.x[i] - asked.x[0]) / (asked.x.at(-1) - asked.x[0])) * (WIDTH - LEFT - RIGHT);
  const up = (y) => TOP + ((asked.high - y) / (asked.high - asked.low)) * (HEIGHT - TOP - BOTTOM);
  const path = (values) => values.map((y, i) => `${i ? "L" : "M"}${across(i).toFixed(1)} ${up(y).toFixed(1)}`).join("");
  const drawn = () =>
    model.get("sketch").length ? model.get("sketch") : asked.x.map(() => (asked.low + asked.high) / 2);

  function draw_sketch(compared) {
    find(".own").setAttribute("d", path(drawn()));
    all("circle").forEach((handle, i) => {
      handle.setAttribute("cy", up(drawn()[i]));
      handle.setAttribute("aria-valuenow", number(drawn()[i]).replace("−", "-"));
      handle.setAttribute("aria-disabled", compared);
    });
    find(".truth").setAttribute("d", compared ? path(asked.truth) : "");
    for (const part of [find(".truth"), find(".names")]) part.toggleAttribute("hidden", !compared);
  }

  function draw_choices(compared) {
    for (const row of all(".choice")) {
      const letter = row.dataset.letter;
      const is_own = letter === model.get("choice");
      const is_right = letter === question.answer;
      row.classList.toggle("right", compared && is_right);
      row.classList.toggle("wrong", compared && is_own && !is_right);
      const input = row.querySelector("input");
      const reason = row.querySelector("p");
      input.checked = is_own;
      input.disabled = compared && !is_own; // what was chosen stays reachable, and can't be left by an arrow key
      const sign = is_right ? (is_own ? "✓ right, and yours" : "✓ right") : is_own ? "✗ yours" : "";
      row.querySelector(".sign").textContent = compared ? sign : "";
      reason.innerHTML = compared ? marked_up(question.choices[letter][1]) : "";
      reason.hidden = !compared;
    }
  }

  function draw() {
    const compared = model.get("compared") && answered();
    (asked ? draw_sketch : draw_choices)(compared);
    button.disabled = !answered();
    button.textContent = compared ? "Answer again" : "Compare";
    find(".hint").textContent = compared
      ? ""
      : answered()
        ? "Noted. Run the next cell, then compare."
        : asked
          ? "Drag the points (or use the arrow keys), run the next cell, then compare."
          : "Choose, run the next cell, then compare.";
    const away =
      asked && compared
        ? ` On average you were ${Math.round(100 * distance(model.get("sketch"), asked))} % of the height away.`
        : "";
    find(".verdict").textContent = compared
      ? `${right() ? "✓ Right." : asked ? "✗ Not close." : "✗ Not this time."}${away}`
      : "";
    find(".reason").hidden = !(asked && compared);
    find(".reason").innerHTML = asked && compared ? marked_up(asked.reason) : "";
    const first = Object.values(kept());
    const hits = first.filter((answer) => answer.right).length;
    find(".tally").textContent =
      compared && first.length
        ? `${hits} of ${first.length} right at the first try; the course has ${model.get("_count")}.`
        : "";
  }

  button.addEventListener("click", () => {
    if (model.get("compared")) {
      set({ compared: false, choice: null, sketch: [] });
    } else {
      if (!(question.id in kept()))
        keep(question.id, { choice: model.get("choice"), sketch: model.get("sketch"), right: right() });
      set({ compared: true });
    }
    draw();
  });
  all("input").forEach((input) =>
    input.addEventListener("change", () => {
      set({ choice: input.value });
      draw();
    }),
  );

  if (asked) {
    const svg = find("svg");
    const put = (i, y) => {
      if (model.get("compared")) return;
      set({ sketch: drawn().map((old, j) => (j === i ? Math.min(asked.high, Math.max(asked.low, y)) : old)) });
      draw();
    };
    const at = (event) => {
      const place = svg.createSVGPoint();
      [place.x, place.y] = [event.clientX, event.clientY];
      const { x, y } = place.matrixTransform(svg.getScreenCTM().inverse());
      const nearest = asked.x.reduce(
        (best, _, i) => (Math.abs(across(i) - x) < Math.abs(across(best) - x) ? i : best),
        0,
      );
      put(nearest, asked.high - ((y - TOP) / (HEIGHT - TOP - BOTTOM)) * (asked.high - asked.low));
    };
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      at(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.buttons) at(event);
    });
    all("circle").forEach((handle, i) =>
      handle.addEventListener("keydown", (event) => {
        const step = (asked.high - asked.low) / 40;
        const to = { ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step }[event.key];
        const next = { ArrowRight: i + 1, ArrowLeft: i - 1 }[event.key];
        if (to !== undefined) put(i, drawn()[i] + to);
        else if (next !== undefined) all("circle")[next]?.focus();
        else return;
        event.preventDefault();
      }),
    );
  }

  const before = kept()[question.id];
  if (before && !answered()) set({ choice: before.choice, sketch: before.sketch, compared: true });
  const keys = ["choice", "sketch", "compared"];
  keys.forEach((key) => model.on(`change:${key}`, draw));
  draw();
  return () => {
    keys.forEach((key) => model.off(`change:${key}`, draw));
    own.remove();
  };
}

export default { render };
