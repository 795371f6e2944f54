// The theme's menus and tooltips are by Bootstrap, of 81 kB, which most readers never need: it is loaded when the pointer or
// the keyboard first reaches one of them, or the page is first scrolled up, which shows its button "Back to top".
(() => {
  const { later } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const MENUS = "[data-bs-toggle]";
  let loaded;
  let at = scrollY;
  const load = () => {
    loaded ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.onload = resolve;
      script.src = String(later);
      document.head.append(script);
    }).then(() => {
      removeEventListener("click", wait, true);
      removeEventListener("scroll", scrolled);
    });
    return loaded;
  };

  /** What reached a menu before Bootstrap did reaches it once more. */
  function reached({ type, target }) {
    const menu = target.closest?.(MENUS);
    if (!menu || loaded) return;
    const again = type === "focusin" ? FocusEvent : MouseEvent;
    load().then(() => {
      if (menu.matches(type === "focusin" ? ":focus-within" : ":hover"))
        menu.dispatchEvent(new again(type, { bubbles: true }));
    });
  }
  function wait(event) {
    const menu = event.target.closest?.("[data-bs-toggle=dropdown]");
    if (!menu) return;
    event.preventDefault();
    event.stopPropagation();
    load().then(() => menu.click());
  }
  function scrolled() {
    if (scrollY < at) load();
    at = scrollY;
  }
  addEventListener("mouseover", reached);
  addEventListener("focusin", reached);
  addEventListener("click", wait, true);
  addEventListener("scroll", scrolled, { passive: true });
})();
