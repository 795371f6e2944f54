// Copying lines of Python.

/** Copy what stands beside the button that was pressed; where the clipboard is barred, Ctrl+C does it. */
export async function copy({ find }, button) {
  const text = find(`[data-code=${button.dataset.copy}]`);
  getSelection()?.selectAllChildren(text);
  const done = await navigator.clipboard?.writeText(text.textContent).then(
    () => true,
    () => false,
  );
  find("[data-copied]").textContent = done ? "Copied" : "Selected: press Ctrl+C";
  button.textContent = done ? "Copied" : "Ctrl+C";
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1500);
}
