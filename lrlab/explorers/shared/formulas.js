// The formulas of lrlab.schedules, evaluated in the page: name for name, argument for argument. A test holds the two
// texts equal over random arguments. Each gives the values of the first `steps` updates, fewer if it ends before.

function each(steps, value) {
  const values = new Float64Array(steps);
  for (let n = 0; n < steps; n++) values[n] = value(n);
  return values;
}

const half_wave = (high, low, done) => low + ((high - low) * (1 + Math.cos(Math.PI * done))) / 2;

/** Where a cycle stands at step n: 0 at its foot, 1 at its top. */
function height({ step_size_up: up, step_size_down, mode, gamma }) {
  const length = up + (step_size_down ?? up);
  const top = up / length;
  return (n) => {
    const cycle = 1 + Math.floor(n / length);
    const x = (n % length) / length;
    const h = x <= top ? x / top : (x - 1) / (top - 1);
    if (mode === "triangular2") return h * 2 ** (1 - cycle);
    return mode === "exp_range" ? h * gamma ** n : h;
  };
}

/** From level to level, one phase after the other. */
function along({ total_steps, pct_start, anneal_strategy, three_phase }, steps, levels) {
  const rise = pct_start * total_steps - 1;
  const end = total_steps - 1;
  const ends = three_phase ? [rise, 2 * rise, end] : [rise, end];
  const starts = [0, ...ends];
  return each(Math.min(steps, total_steps), (n) => {
    const first = ends.findIndex((last) => n <= last);
    const phase = first < 0 ? ends.length - 1 : first;
    const length = ends[phase] - starts[phase];
    const done = length === 0 ? 1 : (n - starts[phase]) / length;
    const a = levels[phase];
    const b = levels[phase + 1];
    if (anneal_strategy === "linear") return a + (b - a) * done;
    return b + ((a - b) / 2) * (1 + Math.cos(Math.PI * done));
  });
}

export const curves = {
  Constant: ({ lr }, steps) => each(steps, () => lr),
  StepDecay: ({ lr, decay, every }, steps) => each(steps, (n) => lr * decay ** Math.floor((1 + n) / every)),
  TimeDecay: ({ lr, decay }, steps) => {
    let rate = lr; // a recurrence: each step divides what the step before left
    return each(steps, (n) => {
      if (n > 0) rate /= 1 + decay * (n - 1);
      return rate;
    });
  },
  InverseTimeDecay: ({ lr, decay }, steps) => each(steps, (n) => lr / (1 + decay * n)),
  ExponentialDecay: ({ lr, decay }, steps) => each(steps, (n) => lr * Math.exp(-decay * n)),
  Step: ({ lr, step_size, gamma }, steps) => each(steps, (n) => lr * gamma ** Math.floor(n / step_size)),
  MultiStep: ({ lr, milestones, gamma }, steps) =>
    each(steps, (n) => lr * gamma ** milestones.filter((milestone) => milestone <= n).length),
  Exponential: ({ lr, gamma }, steps) => each(steps, (n) => lr * gamma ** n),
  ConstantFactor: ({ lr, factor, total_iters }, steps) =>
    each(steps, (n) => (n < total_iters || total_iters === 0 ? lr * factor : lr)),
  Linear: ({ lr, start_factor, end_factor, total_iters }, steps) =>
    each(steps, (n) => {
      const done = Math.min(n, total_iters) / Math.max(total_iters, 1);
      return lr * (start_factor + (end_factor - start_factor) * done);
    }),
  Polynomial: ({ lr, total_iters, power }, steps) =>
    each(steps, (n) => lr * (1 - Math.min(n, total_iters) / Math.max(total_iters, 1)) ** power),
  SWA: ({ lr, swa_lr, anneal_epochs, anneal_strategy }, steps) =>
    each(steps, (n) => {
      const done = anneal_epochs ? Math.min(n, anneal_epochs) / anneal_epochs : 1;
      const alpha = anneal_strategy === "linear" ? done : (1 - Math.cos(Math.PI * done)) / 2;
      return (1 - alpha) * lr + alpha * swa_lr;
    }),
  LinearWarmup: ({ lr, warmup }, steps) => each(steps, (n) => lr * Math.min(1, (n + 1) / warmup)),
  InverseSquareRoot: ({ lr, warmup }, steps) =>
    each(steps, (n) => lr * Math.min((n + 1) / warmup, Math.sqrt(warmup / (n + 1)))),
  WarmupStableDecay: ({ lr, warmup, stable, decay, tail }, steps) =>
    each(steps, (n) => {
      const up = (n + 1) / Math.max(warmup, 1);
      const done = Math.max(0, Math.min(1, (n - warmup - stable) / decay));
      const left = { linear: 1 - done, cosine: half_wave(1, 0, done), sqrt: 1 - Math.sqrt(done) };
      return lr * Math.min(up, 1, left[tail]);
    }),
  Cosine: ({ lr, T_max, eta_min }, steps) => each(steps, (n) => half_wave(lr, eta_min, (n % (2 * T_max)) / T_max)),
  CosineWarmRestarts: ({ lr, T_0, T_mult, eta_min }, steps) => {
    let start = 0;
    let length = T_0;
    return each(steps, (n) => {
      if (n >= start + length) {
        start += length;
        length *= T_mult;
      }
      return half_wave(lr, eta_min, (n - start) / length);
    });
  },
  SnapshotCosine: ({ lr, updates, cycles }, steps) => {
    const length = Math.ceil(updates / cycles);
    return each(steps, (n) => half_wave(lr, 0, (n % length) / length));
  },
  Cyclic: (values, steps) => {
    const { base_lr, max_lr } = values;
    const h = height(values);
    return each(steps, (n) => base_lr + (max_lr - base_lr) * h(n));
  },
  OneCycle: (values, steps) => {
    const { max_lr, div_factor, final_div_factor, three_phase } = values;
    const start = max_lr / div_factor;
    const down = three_phase ? [start, start / final_div_factor] : [start / final_div_factor];
    return along(values, steps, [start, max_lr, ...down]);
  },
};

// The momentum that goes with the rate.
export const momenta = {
  Cyclic: (values, steps) => {
    const { base_momentum, max_momentum } = values;
    const h = height(values);
    return each(steps, (n) => max_momentum - (max_momentum - base_momentum) * h(n));
  },
  OneCycle: (values, steps) => {
    const { base_momentum, max_momentum, three_phase } = values;
    return along(values, steps, [max_momentum, base_momentum, max_momentum, ...(three_phase ? [max_momentum] : [])]);
  },
};
