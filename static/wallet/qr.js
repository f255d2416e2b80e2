/** Draws a live code, black on white, so that a desk's camera reads it at once. */

import { correction, generate } from "../vendor/lean-qr/index.mjs";

const QUIET = 4; // modules of white on every side, as ISO 18004 asks
const LEAST = 300; // CSS pixels of the code itself where the screen has room

/**
 * Draw `text` on `canvas`, at most `room` CSS pixels wide including the quiet zone.
 * A module is a whole number of device pixels when that fills enough of the room, since
 * uneven modules cost a camera more than a slightly smaller code does.
 */
export function drawCode(canvas, text, room) {
  const code = generate(text, { minCorrectionLevel: correction.L });
  const across = code.size + 2 * QUIET;
  const ratio = window.devicePixelRatio || 1;
  let scale = Math.max(1, Math.floor((room * ratio) / across));
  let width = (scale * across) / ratio;
  if ((scale * code.size) / ratio < LEAST) {
    width = Math.min(room, (LEAST * across) / code.size);
    scale = Math.ceil((width * ratio) / across);
  }
  canvas.width = canvas.height = scale * across;
  canvas.style.width = canvas.style.height = `${width}px`;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) context.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
    }
  }
  canvas.dataset.text = text;
}
