/**
 * In JupyterLab, hide the cell beside a running widget that has its still picture or its text for viewers that don't
 * run widgets, which tools/stills.py and tools/quiz_text.py give this class. Returns what shows it again.
 */
export function hide_still(el) {
  /** @type {any[]} */
  const hidden = [];
  const look = () => {
    const cell = el.closest(".jp-CodeCell");
    for (const beside of [cell?.previousElementSibling, cell?.nextElementSibling]) {
      if (!beside?.querySelector(".lrlab-preview")) continue;
      beside.style.display = "none"; // the page's own style for cells is stronger than the attribute `hidden`
      hidden.push(beside);
    }
  };
  look();
  const later = [300, 1500, 5000].map((delay) => setTimeout(look, delay)); // cells are put into the page one by one
  return () => {
    later.forEach(clearTimeout);
    for (const cell of hidden) cell.style.display = "";
  };
}
