// The losses of lrlab.landscapes and the walk of torch's SGD, formula for formula; a test holds them
// to Python.

const ripple = ({ curvature, ripple, period }, centre) => {
  const turn = (2 * Math.PI) / period;
  return {
    height: (x) =>
      (curvature * (x - centre) * (x - centre)) / 2 + (ripple / 2) * (1 - Math.cos((2 * Math.PI * x) / period)),
    slope: (x) => curvature * (x - centre) + (ripple / 2) * turn * Math.sin(turn * x),
  };
};

// From a landscape's arguments to its loss and gradient: of a place, which is [x] or [x, y].
export const landscapes = {
  Bowl: ({ curvature }) => ({
    height: ([x]) => (curvature * x * x) / 2,
    slope: ([x]) => [curvature * x],
  }),
  ValleyWithWell: ({ curvature, depth, width, at }) => ({
    height: ([x]) => {
      const u = (x - at) / width;
      return (curvature * x * x) / 2 - depth * Math.exp(-(u * u) / 2);
    },
    slope: ([x]) => {
      const u = (x - at) / width;
      return [curvature * x + (depth / width) * u * Math.exp(-(u * u) / 2)];
    },
  }),
  Ripples: (given) => {
    const { height, slope } = ripple(given, given.centre);
    return { height: ([x]) => height(x), slope: ([x]) => [slope(x)] };
  },
  Ravine: ({ flat, steep, angle }) => {
    const c = Math.cos((angle * Math.PI) / 180);
    const s = Math.sin((angle * Math.PI) / 180);
    return {
      height: ([x, y]) => (flat * (c * x + s * y) ** 2 + steep * (c * y - s * x) ** 2) / 2,
      slope: ([x, y]) => {
        const u = flat * (c * x + s * y);
        const v = steep * (c * y - s * x);
        return [c * u - s * v, s * u + c * v];
      },
    };
  },
  Rosenbrock: ({ b }) => ({
    height: ([x, y]) => (1 - x) ** 2 + b * (y - x * x) ** 2,
    slope: ([x, y]) => {
      const wall = 2 * b * (y - x * x);
      return [-2 * (1 - x) - 2 * x * wall, wall];
    },
  }),
  ManyMinima: (given) => {
    const along = [ripple(given, given.centre_x), ripple(given, given.centre_y)];
    return {
      height: ([x, y]) => along[0].height(x) + along[1].height(y),
      slope: ([x, y]) => [along[0].slope(x), along[1].slope(y)],
    };
  },
};

/**
 * One update for each rate, as torch.optim.SGD does it, from `start`. `noise` is added to the gradients, part by part.
 * As in lrlab.landscapes.descend, path[n] is where n updates have led, the loss is without noise, and a path that
 * leaves for infinity ends before the first value that is not finite.
 */
export function walk({ height, slope }, { lr, start, momentum = 0, nesterov = false, noise = [] }) {
  const path = [start];
  const loss = [height(start)];
  let x = start;
  /** @type {number[] | null} */
  let speed = null;
  for (let n = 0; n < lr.length; n++) {
    const step = slope(x).map((part, i) => part + (noise[n * x.length + i] ?? 0));
    const speeds = speed === null ? step : speed.map((old, i) => momentum * old + step[i]);
    x = x.map((part, i) => part - lr[n] * (nesterov ? step[i] + momentum * speeds[i] : speeds[i]));
    speed = speeds;
    const now = height(x);
    if (!(x.every(Number.isFinite) && Number.isFinite(now))) return { path, loss, lr: lr.slice(0, n), diverged: true };
    path.push(x);
    loss.push(now);
  }
  return { path, loss, lr, diverged: false };
}
