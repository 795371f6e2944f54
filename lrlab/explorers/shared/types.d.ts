// Types for the JSDoc of the JavaScript beside this; nothing of it reaches a page.

/** What anywidget gives a view of the explorer's state; a published page has the same without a kernel. */
export interface Model {
  get(key: string): any;
  set(key: string, value: unknown): void;
  save_changes(): void;
  on(event: `change:${string}`, call: () => void): void;
  off(event: `change:${string}`, call: () => void): void;
}

/** What a view's `render` gets: the state, and where to draw. It returns what ends the view. */
export interface View {
  model: Model;
  el: HTMLElement;
}

/** From a value to the picture's pixels, and the values at which a label stands. */
export interface Axis {
  y: (value: number) => number;
  ticks: number[];
}
