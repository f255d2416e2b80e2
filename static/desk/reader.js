/** Finds a code in a picture: a thin line to the worker that runs zxing-wasm. */

const REST = 500; // ms after a breakdown, so that a reader that cannot start is not started all the time

let worker = null;
let next = 0;
const waiting = new Map();

// A worker is looked after by the service worker of its address, and a blob by that of its page: only
// so are its files there without a network.
const script = URL.createObjectURL(new Blob(
  [`const FILES = "${new URL("../", import.meta.url)}"; importScripts(FILES + "desk/reader-worker.js");`],
  { type: "text/javascript" },
));

function start() {
  worker = new Worker(script);
  worker.addEventListener("message", ({ data }) => {
    if (data.broken) return restart();
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  });
  worker.addEventListener("error", restart);
  worker.addEventListener("messageerror", restart);
}

/** Let a broken worker go; whoever waits for it hears that there is no code, and may ask a new one. */
function restart() {
  worker?.terminate();
  worker = null;
  const left = [...waiting.values()];
  waiting.clear();
  setTimeout(() => left.forEach((done) => done(null)), REST);
}

/** The text of the QR code in an ImageData, null when there is none. `thorough` is for still pictures. */
export function readCode(image, thorough = false) {
  if (!worker) start();
  next += 1;
  const id = next;
  return new Promise((done) => {
    waiting.set(id, done);
    worker.postMessage({ id, image, thorough }, [image.data.buffer]);
  });
}

/** Pixels of a drawable, its longer side at most `limit`. */
export function pixels(source, width, height, limit, canvas = document.createElement("canvas")) {
  const scale = Math.min(1, limit / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the code in a picture file; null when there is none or it is no picture. */
export async function readFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return null;
  }
  // A code that fills a large photo reads best small, a small one in a corner reads best large.
  for (const limit of [1200, 2600, 600]) {
    const text = await readCode(pixels(bitmap, bitmap.width, bitmap.height, limit), true);
    if (text) return text;
  }
  return null;
}
