// Types for the JSDoc of the JavaScript beside this; nothing of it reaches a page.

declare global {
  /** What the published pages (docs/site/_static) find at their window. */
  interface Window {
    lrlabExplorer: (file: [name: string, packed: string]) => void;
    Reveal?: any;
    RevealNotes?: any;
  }
}

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

/** From a value to pixels, back, and the values at which a label stands. */
export interface Scale {
  (value: number): number;
  back(pixel: number): number;
  ticks: number[];
}

/** Markup, or a key and what makes the markup: it is made again only when the key changes. */
export type Layer = string | [key: string, make: () => string];

/** One of a chart's panels, which lie one above the other over the same scale. */
export interface Panel {
  /** A scale over [height, 0]. */
  y: Scale;
  height: number;
  title?: string;
  /** Room above it, 26 or 34 by default; `above` of it lies between title and panel. */
  head?: number;
  above?: number;
  /** A tick's text, by default the number for reading. */
  words?: (value: number) => string;
  /** Lines across at the ticks, by default; else a frame with ticks outside. */
  grid?: boolean;
  /** Layers inside the panel, the lowest first. */
  inside?: Layer[];
  /** Drawn on top, not clipped. */
  over?: string;
}

/** What a chart draws. */
export interface Drawing {
  x: Scale;
  x_title: string;
  x_words?: (value: number) => string | number;
  panels: Panel[];
}

/** Where a pointer is: in the panel's pixels, and in its data. */
export interface Place {
  panel: number;
  left: number;
  top: number;
  x: number;
  y: number;
}

declare global {
  /** The playground's worker.js and what it imports, as text (bundle_js). */
  const TRAINER: string;
}
