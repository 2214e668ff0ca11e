// The network runs in the page itself.
import init, { DigitPad } from "./digit_pad_wasm.js";

export const where = "It runs in this page: nothing that you draw leaves your machine.";

export async function load() {
  await init();
  const pad = new DigitPad();
  return async (pixels, height, width) => pad.predict(pixels, height, width);
}
