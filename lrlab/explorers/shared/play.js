// Playing: a step that goes on by itself, and a button for it.

/**
 * What plays from `at()` to `last()` by `show(place)`, `seconds` long at most. Where the system asks for less motion, each
 * press goes one place on.
 */
export function player({ at, last, show, seconds = 8 }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let frame = 0;

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
  }
  function play() {
    const from = at() >= last() ? 0 : at();
    const begun = performance.now();
    const pace = Math.max(8, last() / seconds);
    const go = (now) => {
      const place = Math.min(last(), from + Math.floor(((now - begun) / 1000) * pace));
      frame = place >= last() ? 0 : requestAnimationFrame(go);
      if (place !== at()) show(place);
    };
    frame = requestAnimationFrame(go);
  }
  return {
    stop,
    words: () => (calm.matches ? "one step on" : frame ? "pause" : "play"),
    press() {
      if (calm.matches) show(at() >= last() ? 0 : at() + 1);
      else if (frame) {
        stop();
        show(at());
      } else play();
    },
  };
}
