// Code that is wider than its column scrolls sideways, by the keyboard too, as the theme sees to: then it has a name there.
// site.css shades the edge beyond which there is more.
(() => {
  function name_what_scrolls() {
    for (const pre of document.querySelectorAll(".bd-article pre")) {
      if (pre.closest(".lrlab-mount, .lrlab-card")) continue; // those name their own
      const wide = pre.scrollWidth > pre.clientWidth;
      pre.role = wide ? "group" : null;
      const what = pre.closest(".cell_output") ? "output" : "code";
      pre.ariaLabel = wide ? `${what}, scrolls sideways` : null;
    }
  }
  name_what_scrolls();
  addEventListener("resize", name_what_scrolls);
})();
