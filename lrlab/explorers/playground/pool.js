// Runs in workers, so that the page never waits. What was asked last wins: of each kind of request one is worked on and at
// most one waits. A run that is nearly done is finished, so that a drag shows picture after picture; a long one is stopped.

const PATIENCE = 150; // milliseconds that a request may go on once another one waits
const KEPT = 160; // results

/**
 * Workers of the module `source`, which is text; each gets the `digits` that are promised. Where no run can start, `refuse`
 * gets the reason.
 */
export function pool(source, digits, refuse) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const known = new Map(); // results by their spec, the oldest first
  const kinds = { now: {}, pins: {}, sweep: {} }; // in the order of their urgency
  const many = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2));
  const workers = Array.from({ length: many }, hired);
  let ended = false;

  function hired() {
    /** @type {any} */
    const one = { job: null, post: () => {} };
    const answered = ({ result }) => {
      const { job } = one;
      one.job = null;
      if (job && result) finished(job, result);
      next();
    };
    // Where a page forbids workers, the same module works in the page, in slices.
    const at_home = () => {
      const served = import(url).then(({ serve }) => serve(answered));
      const barred = () => refuse("this page allows neither workers nor a script that it makes itself");
      one.post = (message) => served.then((post) => post(message), barred);
      start();
      if (one.job) one.post({ id: 0, spec: one.job.request.specs[one.job.i] });
    };
    const packed = () => refuse("this browser can't unpack the digits");
    const start = () => digits.then((unpacked) => one.post({ digits: unpacked }), packed);
    try {
      const worker = new Worker(url, { type: "module" });
      worker.onmessage = ({ data }) => answered(data);
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        at_home();
      };
      one.post = (message) => worker.postMessage(message);
      one.end = () => worker.terminate();
      start();
    } catch {
      at_home();
    }
    return one;
  }

  function finished({ request, i }, result) {
    known.set(request.keys[i], result);
    if (known.size > KEPT) known.delete(known.keys().next().value);
    took(request, i, result);
  }

  function took(request, i, result) {
    request.results[i] = result;
    request.left -= 1;
    const kind = kinds[request.kind];
    if (kind.current !== request) return;
    request.each?.(request.results);
    if (request.left > 0) return;
    kind.current = null;
    request.done(request.results);
    if (kind.waiting && !kind.current) begin(kind);
  }

  function begin(kind) {
    const request = kind.waiting;
    kind.waiting = null;
    kind.current = request;
    request.begun = performance.now();
    request.specs.forEach((_, i) => {
      const result = known.get(request.keys[i]);
      if (!result || kind.current !== request) return;
      request.sent.add(i);
      took(request, i, result);
    });
  }

  function next() {
    if (ended) return;
    for (const worker of workers) {
      if (worker.job) continue;
      const request = Object.values(kinds)
        .map(({ current }) => current)
        .find((one) => one && one.sent.size < one.specs.length);
      if (!request) return;
      const i = request.specs.findIndex((_, k) => !request.sent.has(k));
      request.sent.add(i);
      worker.job = { request, i };
      worker.post({ id: i, spec: request.specs[i] });
    }
  }

  /** Have all `specs` run, and `done` called with the results; with `each`, that is called as they come. */
  function ask(name, specs, done, each) {
    const kind = kinds[name];
    const keys = specs.map((spec) => JSON.stringify(spec));
    const results = new Array(specs.length);
    kind.waiting = { kind: name, specs, keys, done, each, results, left: specs.length, sent: new Set(), begun: 0 };
    if (kind.current && performance.now() - kind.current.begun > PATIENCE) {
      for (const worker of workers) if (worker.job?.request === kind.current) worker.post({ stop: true });
      kind.current = null;
    }
    if (!kind.current) begin(kind);
    next();
  }

  return {
    ask,
    end() {
      ended = true;
      workers.forEach((worker) => {
        worker.end?.();
      });
      URL.revokeObjectURL(url);
    },
  };
}
