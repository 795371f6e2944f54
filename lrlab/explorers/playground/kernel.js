// The sum in which nearly all the time of a run goes by, in WebAssembly and in JavaScript, and the memory for its numbers.

import { KERNEL } from "./kernel_bytes.js";

const PAGES = 128; // of 64 kB: the widest network and the largest batch that the page offers take half of it

/**
 * Make each of the `many` numbers from out[to] on the sum of values[k] times its counterpart among those from
 * from[places[k]] on, for k from `begin` to `end`. Eight sums at a time stay in registers, and `| 0` spares the checks for
 * numbers too large to be an index. tools/playground_kernel.wat is its twin, and gets the same bits.
 */
export function plain_sum(out, to, many, from, places, values, begin, end) {
  let j = 0;
  for (; j + 7 < many; j += 8) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let k = begin; k < end; k++) {
      const at = (places[k] + j) | 0;
      const value = values[k];
      a += value * from[at];
      b += value * from[(at + 1) | 0];
      c += value * from[(at + 2) | 0];
      d += value * from[(at + 3) | 0];
      e += value * from[(at + 4) | 0];
      f += value * from[(at + 5) | 0];
      g += value * from[(at + 6) | 0];
      h += value * from[(at + 7) | 0];
    }
    const o = to + j;
    out[o] = a;
    out[o + 1] = b;
    out[o + 2] = c;
    out[o + 3] = d;
    out[o + 4] = e;
    out[o + 5] = f;
    out[o + 6] = g;
    out[o + 7] = h;
  }
  for (; j < many; j++) {
    let total = 0;
    for (let k = begin; k < end; k++) total += values[k] * from[(places[k] + j) | 0];
    out[to + j] = total;
  }
}

/** The compiled kernel; null where a page allows none, or a browser has no such instructions: then JavaScript does it. */
function compiled() {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(KERNEL), (c) => c.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** Memory for one run's numbers at a time, and the sum over them. */
function room_of(module) {
  const memory = module && new WebAssembly.Memory({ initial: PAGES });
  const buffer = memory ? memory.buffer : new ArrayBuffer(PAGES << 16);
  let used = 0;
  const room = (Kind, values) => {
    const length = values.length ?? values;
    const numbers = new Kind(buffer, used, length);
    used += Math.ceil((length * Kind.BYTES_PER_ELEMENT) / 16) * 16;
    if (values.length === undefined) numbers.fill(0);
    else numbers.set(values);
    return numbers;
  };
  const by_address = (sum) => (out, to, many, from, places, values, begin, end) =>
    sum(
      out.byteOffset + 8 * to,
      many,
      from.byteOffset,
      places.byteOffset + 4 * begin,
      values.byteOffset + 8 * begin,
      end - begin,
    );
  return {
    /** Room for so many numbers, all 0, or for a copy of these. */
    floats: (values) => room(Float64Array, values),
    ints: (values) => room(Int32Array, values),
    sum: memory ? by_address(new WebAssembly.Instance(module, { page: { memory } }).exports.sum) : plain_sum,
    empty() {
      used = 0;
      return this;
    },
  };
}

const idle = [];
let compiled_kernel;

/** Memory that no other run has now; give it back by `release`, so that a thousand runs need no more than one. */
export function memory() {
  if (compiled_kernel === undefined) compiled_kernel = compiled();
  return (idle.pop() ?? room_of(compiled_kernel)).empty();
}
export const release = (one) => idle.push(one);
