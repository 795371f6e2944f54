// Playing: a step that goes on by itself, and a button for it.

const REST = 1.2; // seconds at the end of a loop

/**
 * What plays from `at()` to `last()` by `show(place)`, `seconds` long at most; with `loop` from the beginning again, until
 * it is stopped. `glide(share)`: how much of the way to the next place is done, in each frame between two. Where the system
 * asks for less motion, each press goes one place on.
 */
export function player({ at, last, show, seconds = 8, loop = false, glide = (_share) => {} }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let frame = 0;

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    glide(0);
  }
  function play() {
    let from = at() >= last() ? 0 : at();
    let begun = performance.now();
    let was = at();
    const go = (now) => {
      if (at() !== was) [from, begun] = [at(), now]; // a cell or another view has moved it: it goes on from there
      const pace = Math.max(8, last() / seconds);
      const done = from + Math.max(0, ((now - begun) / 1000) * pace);
      const place = Math.min(last(), Math.floor(done));
      const over = done >= last() + (loop ? REST * pace : 0);
      if (over) [from, begun] = [0, now];
      frame = over && !loop ? 0 : requestAnimationFrame(go);
      if (place !== Math.min(at(), last()) || !frame) show(place);
      was = at();
      glide(place < last() ? done - place : 0);
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
