// The optimizers as torch.optim and lrlab.optimizers define them, on flat arrays. Each is made from its settings and the
// number of weights, and is then called with the weights, their gradient, the learning rate and the update's number, from 0.
// It moves the weights. One that has a `mean` is judged there and not at the weights.

const B1 = 0.9; // torch's defaults
const B2 = 0.999;
const ALPHA = 0.99;
const LION = 0.99; // the authors' default
const EPS = 1e-8;

const decayed = (weight_decay) => (w, grad) => {
  if (weight_decay) for (let i = 0; i < w.length; i++) grad[i] += weight_decay * w[i];
};

function sgd({ momentum, nesterov, weight_decay }, size) {
  const decay = decayed(weight_decay);
  const speed = new Float64Array(size);
  return (w, grad, lr, n) => {
    decay(w, grad);
    if (!momentum) {
      for (let i = 0; i < size; i++) w[i] -= lr * grad[i];
      return;
    }
    for (let i = 0; i < size; i++) {
      speed[i] = n === 0 ? grad[i] : momentum * speed[i] + grad[i];
      w[i] -= lr * (nesterov ? grad[i] + momentum * speed[i] : speed[i]);
    }
  };
}

function adam({ weight_decay }, size, decoupled = false) {
  const decay = decayed(weight_decay);
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  return (w, grad, lr, n) => {
    if (decoupled) for (let i = 0; i < size; i++) w[i] *= 1 - lr * weight_decay;
    else decay(w, grad);
    const step = lr / (1 - B1 ** (n + 1));
    const root = Math.sqrt(1 - B2 ** (n + 1));
    for (let i = 0; i < size; i++) {
      mean[i] += (1 - B1) * (grad[i] - mean[i]);
      square[i] = B2 * square[i] + (1 - B2) * grad[i] * grad[i];
      w[i] -= (step * mean[i]) / (Math.sqrt(square[i]) / root + EPS);
    }
  };
}

function rmsprop({ weight_decay }, size) {
  const decay = decayed(weight_decay);
  const square = new Float64Array(size);
  return (w, grad, lr) => {
    decay(w, grad);
    for (let i = 0; i < size; i++) {
      square[i] = ALPHA * square[i] + (1 - ALPHA) * grad[i] * grad[i];
      w[i] -= (lr * grad[i]) / (Math.sqrt(square[i]) + EPS);
    }
  };
}

function adagrad({ weight_decay }, size) {
  const decay = decayed(weight_decay);
  const sum = new Float64Array(size);
  return (w, grad, lr) => {
    decay(w, grad);
    for (let i = 0; i < size; i++) {
      sum[i] += grad[i] * grad[i];
      w[i] -= (lr * grad[i]) / (Math.sqrt(sum[i]) + 1e-10);
    }
  };
}

function lion({ weight_decay }, size) {
  const mean = new Float64Array(size);
  return (w, grad, lr) => {
    for (let i = 0; i < size; i++) {
      const sign = Math.sign(B1 * mean[i] + (1 - B1) * grad[i]);
      w[i] = (1 - lr * weight_decay) * w[i] - lr * sign;
      mean[i] = LION * mean[i] + (1 - LION) * grad[i];
    }
  };
}

/** Schedule-free SGD and AdamW: the weights are between the point that moves, and the mean of all that it has been at. */
function schedule_free({ weight_decay }, size, adam_s = false) {
  const point = new Float64Array(size);
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  let highest = 0;
  let sum = 0;
  const step = (w, grad, lr, n) => {
    if (n === 0) {
      point.set(w);
      mean.set(w);
    }
    highest = Math.max(highest, lr);
    sum += highest ** 2;
    const part = sum && highest ** 2 / sum;
    const begun = 1 - B2 ** (n + 1);
    for (let i = 0; i < size; i++) {
      let slope = grad[i];
      if (adam_s) {
        square[i] = B2 * square[i] + (1 - B2) * grad[i] * grad[i];
        slope /= Math.sqrt(square[i] / begun) + EPS;
      }
      point[i] -= lr * (slope + weight_decay * w[i]);
      mean[i] = (1 - part) * mean[i] + part * point[i];
      w[i] = (1 - B1) * point[i] + B1 * mean[i];
    }
  };
  return Object.assign(step, { mean });
}

export const optimizers = {
  SGD: sgd,
  Adam: adam,
  AdamW: (settings, size) => adam(settings, size, true),
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Lion: lion,
  ScheduleFreeSGD: schedule_free,
  ScheduleFreeAdamW: (settings, size) => schedule_free(settings, size, true),
};
