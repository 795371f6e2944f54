// The gallery: a card's button puts its schedule into the explorer of the page, which moves below the card.
(() => {
  const cards = [...document.querySelectorAll(".lrlab-card")];
  const explorer = /** @type {HTMLElement} */ (document.querySelector(".lrlab-mount"));
  if (!explorer || !cards.length) return;

  /** The last card of the row that `card` is in: the explorer goes below it, so that the row stays whole. */
  function end_of_row(card) {
    const top = card.getBoundingClientRect().top;
    const row = [...card.parentElement.querySelectorAll(".lrlab-card")].filter(
      (other) => Math.abs(other.getBoundingClientRect().top - top) < 2,
    );
    return row.at(-1);
  }

  /** Call back with the explorer's list of schedules, at once or as soon as it is there: a reader may be quicker. */
  function when_drawn(call) {
    const select = explorer.querySelector("select");
    if (select) return call(select);
    const drawn = new MutationObserver(() => {
      const select = explorer.querySelector("select");
      if (!select) return;
      drawn.disconnect();
      call(select);
    });
    drawn.observe(explorer, { childList: true, subtree: true });
  }

  function show(button) {
    const card = button.closest(".lrlab-card");
    const schedule = JSON.parse(button.dataset.schedule);
    if (!card.parentElement.contains(explorer) || end_of_row(card).nextElementSibling !== explorer) {
      explorer.remove(); // rows are looked at without it
      end_of_row(card).after(explorer);
    }
    document.querySelectorAll(".lrlab-card.chosen").forEach((other) => {
      other.classList.remove("chosen");
    });
    card.classList.add("chosen");
    when_drawn((select) => {
      explorer.dispatchEvent(
        new CustomEvent("lrlab-set", {
          detail: { schedule, compare: [], steps: 100, steps_per_epoch: 1, log_y: false },
        }),
      );
      explorer.querySelectorAll("details").forEach((fold) => {
        fold.open = true;
      });
      explorer.scrollIntoView({ block: "nearest" });
      select.focus({ preventScroll: true });
    });
  }

  // A link with a state in it is about the explorer.
  if (location.hash.startsWith("#run=")) cards[0].parentElement?.before(explorer);

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-schedule]");
    if (button) show(button);
  });
})();
