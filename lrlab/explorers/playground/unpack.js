// The digits, unpacked once, in the page, which hands them to its workers.

import { DIGITS_LABELS, DIGITS_PIXELS } from "./digits.js";

/** What data.js takes. */
export async function unpacked_digits() {
  const packed = new Blob([Uint8Array.from(atob(DIGITS_PIXELS), (c) => c.charCodeAt(0))]);
  const stream = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return { pixels: new Uint8Array(await new Response(stream).arrayBuffer()), labels: DIGITS_LABELS };
}
