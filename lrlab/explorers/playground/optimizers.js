// The optimizers as torch.optim defines them, on flat arrays. Each is made from its settings and the number of weights, and
// is then called with the weights, their gradient, the learning rate and the update's number, from 0. It moves the weights.

const B1 = 0.9; // torch's defaults
const B2 = 0.999;
const ALPHA = 0.99;
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

export const optimizers = {
  SGD: sgd,
  Adam: adam,
  AdamW: (settings, size) => adam(settings, size, true),
  RMSprop: rmsprop,
  Adagrad: adagrad,
};
