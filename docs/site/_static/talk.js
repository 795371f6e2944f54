// Starts the slides (talk/index.html), which are reveal.js's; on a phone it makes a page to read of them instead.
(() => {
  const { Reveal, RevealNotes } = window;

  /** The slides below one another, each as tall as it has to be, with a fold for what a key would show. */
  function read() {
    document.documentElement.classList.add("read");
    const style = /** @type {HTMLLinkElement} */ (document.querySelector("link[href$='reveal.css']"));
    style.disabled = true;
    document.querySelectorAll(".fragment").forEach((answer) => {
      const fold = document.createElement("details");
      answer.replaceWith(fold);
      fold.append(Object.assign(document.createElement("summary"), { textContent: "Answer" }), answer);
    });
    document.querySelectorAll("table").forEach((table) => {
      if (table.scrollWidth > table.clientWidth) table.tabIndex = 0; // so that the keys reach what a finger moves
    });
    const number = Number(/^#\/(\d+)/.exec(location.hash)?.[1] ?? 0);
    if (number > 0) document.querySelectorAll(".slides > section")[number]?.scrollIntoView();
  }

  // A slide of 1280 pixels would be scaled to a third there. (The speaker's window has small frames, but wants slides.)
  if (window.innerWidth < 600 && window.top === window) {
    read();
    return;
  }
  // What one moves or presses on a slide has the keys, not the slides.
  const own = "input, select, textarea, button, summary, .lrlab-explorer, .lrlab-prediction";
  Reveal.initialize({
    ...{ width: 1280, height: 760, margin: 0.03, minScale: 0.2, maxScale: 3 },
    ...{ center: false, hash: true, controls: true, progress: true, slideNumber: "c/t", transition: "none" },
    ...{ pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1 },
    keyboardCondition: (event) => !event.target.closest?.(own) || event.key === "Escape",
    plugins: [RevealNotes],
  });
  // On paper nothing scrolls: an explorer that is taller than its slide is drawn smaller.
  if (/print-pdf/.test(location.search)) {
    const fit = new ResizeObserver((entries) => {
      entries.forEach(({ target }) => {
        const mount = /** @type {HTMLElement} */ (target);
        const page = mount.closest(".pdf-page")?.getBoundingClientRect();
        const { top, height } = mount.getBoundingClientRect();
        if (!page || top + height <= page.bottom) return;
        const share = (page.bottom - top) / height;
        mount.style.zoom = String(Number(getComputedStyle(mount).zoom) * share);
      });
    });
    document.querySelectorAll(".lrlab-mount").forEach((mount) => fit.observe(mount));
  }
  // Escape gives the keys back to the slides.
  document.addEventListener(
    "keydown",
    (event) => {
      const at = /** @type {HTMLElement | null} */ (document.activeElement);
      if (event.key !== "Escape" || !at?.closest(own)) return;
      at.blur();
      event.stopPropagation();
    },
    true,
  );
})();
