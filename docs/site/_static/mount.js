// Puts the explorers of a page to work without a kernel: each gets a model that holds its state, without Python at the
// other end. tools/coursesite/explorers.py writes what is read here. Until an explorer is drawn, and if it can't be, its
// still picture stands in its place.
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const base = new URL("explorers/", own.src);
  const asked = {};
  const files = {};
  const modules = {};
  const models = {};

  /** What is in a file of explorers/, by the names of its parts; it is loaded when the first explorer needs it. */
  function file(name) {
    files[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      asked[name] = resolve;
      script.onerror = () => reject(new Error(`${name} did not load`));
      script.src = String(new URL(name, base));
      document.head.append(script);
    }).then(async (text) => JSON.parse(await unpacked(text)));
    return files[name];
  }
  window.lrlabExplorer = ([name, text]) => asked[name](text);

  /** The module of one kind of explorer. What it has in common with other kinds is in the file `shared`. */
  function load(name, shared) {
    modules[name] ??= Promise.all([file(name), file(shared)]).then(async ([own, common]) => {
      const whole = (text) => text.replace(/\/\*@([\w.]+)\*\//g, (_, part) => common[part]);
      document.head.appendChild(document.createElement("style")).textContent = whole(own.style);
      // From a Blob, because a page that was opened from a folder may not import files.
      const url = URL.createObjectURL(new Blob([whole(own.script)], { type: "text/javascript" }));
      return (await import(url)).default;
    });
    return modules[name];
  }

  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
  /** Text that tools/coursesite has packed: deflated, in base 85. */
  function unpacked(text) {
    const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
    for (let i = 0; i < text.length; i += 5) {
      let word = 0;
      for (const digit of text.slice(i, i + 5).padEnd(5, "~")) word = word * 85 + DIGITS.indexOf(digit);
      bytes.setUint32((i / 5) * 4, word);
    }
    const packed = new Blob([bytes.buffer.slice(0, Math.floor((text.length * 4) / 5))]);
    return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate"))).text();
  }

  /** What an anywidget asks of its model; `save_changes` has nowhere to save to. */
  function model_of(state) {
    const heard = {};
    return {
      get: (key) => state[key],
      set(key, value) {
        if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
        state[key] = value;
        [...(heard[`change:${key}`] ?? [])].forEach((call) => call());
      },
      save_changes() {},
      on: (name, call) => {
        heard[name] = [...(heard[name] ?? []), call];
      },
      off: (name, call) => {
        heard[name] = (heard[name] ?? []).filter((other) => other !== call);
      },
    };
  }

  // The explorers' states in the page's address, so that a link shows the same: #run=… of the page's first explorer, run2=…
  // of its second, and so on, of those that have been changed.
  const said = new Map(
    location.hash
      .slice(1)
      .split("&")
      .map((part) => /** @type {[string, string]} */ (part.split("=")))
      .filter(([name, text]) => /^run\d*$/.test(name) && text),
  );
  let waiting;
  function write() {
    clearTimeout(waiting);
    waiting = setTimeout(
      () => history.replaceState(null, "", `#${[...said].map((one) => one.join("=")).join("&")}`),
      300,
    );
  }
  function keep_in_address({ address }, model, place) {
    if (!address || model.kept || window.Reveal) return; // on slides, the address says which slide it is
    model.kept = true;
    const number = places.indexOf(place) + 1;
    const name = number === 1 ? "run" : `run${number}`;
    if (said.has(name))
      Object.entries(address.read(said.get(name), model.get)).forEach(([key, value]) => {
        model.set(key, value);
      });
    address.keys.forEach((key) => {
      model.on(`change:${key}`, () => {
        said.set(name, address.write(model.get));
        write();
      });
    });
  }

  async function mount(place) {
    const { script, shared, model } = place.dataset;
    const loaded = load(script, shared);
    let ready = false;
    // For what else on the page sets it, such as the cards of the gallery. What is set before the explorer is loaded waits,
    // and then counts more than the address.
    const set = (values) =>
      Object.entries(values).forEach(([key, value]) => {
        models[model].set(key, value);
      });
    const waiting_for_it = [];
    place.addEventListener("lrlab-set", ({ detail }) => (ready ? set(detail) : waiting_for_it.push(detail)));
    const explorer = await loaded;
    keep_in_address(explorer, models[model], place);
    ready = true;
    waiting_for_it.forEach(set);
    const el = document.createElement("div");
    place.append(el);
    try {
      await explorer.render({ model: models[model], el });
    } catch (error) {
      el.remove();
      throw error;
    }
    place.querySelector(".lrlab-still")?.remove();
  }

  // The explorers' own names for JupyterLab's themes.
  const themed = () => {
    document.body.dataset.jpThemeLight = String(document.documentElement.dataset.theme !== "dark");
  };
  themed();
  new MutationObserver(themed).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  const places = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".lrlab-mount")]);
  /** The states of the page's explorers, by their models. */
  async function read_states() {
    const packed = document.getElementById("lrlab-states");
    const states = packed ? JSON.parse(await unpacked(packed.textContent)) : {};
    for (const place of places) {
      const state = place.querySelector("script");
      if (state) states[String(place.dataset.model)] = JSON.parse(state.textContent);
    }
    for (const [name, state] of Object.entries(states)) models[name] = model_of(state);
  }
  // One after the other, from the top: what is read first answers first.
  places.reduce(
    (before, place) => before.then(() => mount(place).catch((error) => console.error(error))),
    read_states(),
  );
})();
