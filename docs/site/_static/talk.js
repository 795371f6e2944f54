// Starts the slides (talk/index.html), which are reveal.js's.
(() => {
  const { Reveal, RevealNotes } = window;
  // What one moves or presses on a slide has the keys, not the slides.
  const own = "input, select, textarea, button, summary, .lrlab-explorer, .lrlab-prediction";
  Reveal.initialize({
    ...{ width: 1280, height: 760, margin: 0.03, minScale: 0.2, maxScale: 3 },
    ...{ center: false, hash: true, controls: true, progress: true, slideNumber: "c/t", transition: "none" },
    ...{ pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1 },
    keyboardCondition: (event) => !event.target.closest?.(own) || event.key === "Escape",
    plugins: [RevealNotes],
  });
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
