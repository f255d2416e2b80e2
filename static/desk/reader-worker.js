/* Reads QR codes off the main thread. Classic worker: importScripts works in every browser here.
   In: {id, image: ImageData, thorough}. Out: {id, text} with text null when there is no code. */

importScripts("/static/vendor/zxing-wasm/reader.js");

// Without locateFile the library would fetch its wasm from a CDN.
ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (path) => `/static/vendor/zxing-wasm/${path}` },
  fireImmediately: true,
}).then(() => postMessage({ ready: true }), () => postMessage({ ready: false }));

onmessage = async ({ data: { id, image, thorough } }) => {
  let text = null;
  try {
    const found = await ZXingWASM.readBarcodes(image, {
      formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true,
      tryInvert: thorough, tryDenoise: thorough, textMode: "Plain",
    });
    text = found.find((one) => one.isValid)?.text ?? null;
  } catch {
    text = null; // one unreadable frame; the next comes at once
  }
  postMessage({ id, text });
};
