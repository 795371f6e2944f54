/**
 * In JupyterLab, hide the cell below a running widget that has its still picture or its text for viewers without
 * widgets. Returns what shows it again.
 */
export function hide_still(el) {
  /** @type {any} */
  let hidden;
  const look = () => {
    /** @type {any} */
    const below = el.closest(".jp-CodeCell")?.nextElementSibling;
    if (!below?.matches(".jp-MarkdownCell") || !below.querySelector("details > summary")) return;
    if (!/without widgets|don.t run widgets/.test(below.querySelector("summary").textContent)) return;
    hidden = below;
    below.hidden = true;
    below.style.display = "none"; // the page's own style for cells is stronger than `hidden`
  };
  look();
  const later = [300, 1500, 5000].map((delay) => setTimeout(look, delay)); // cells are put into the page one by one
  return () => {
    later.forEach(clearTimeout);
    if (hidden) {
      hidden.hidden = false;
      hidden.style.display = "";
    }
  };
}
