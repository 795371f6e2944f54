// The part of the plane that is drawn, and how fine.
export const GRID = { side: 32, reach: 1.25 };
