/* Reads QR codes off the main thread. Classic worker: importScripts works in every browser here.
   In: {id, image: ImageData, thorough}. Out: {id, text} with text null when there is no code, or
   {broken} when the reader itself has failed and this worker is of no more use.
   FILES, the address of the static files, is set by who starts it: a blob has no address of its own. */

const VENDOR = `${FILES}vendor/zxing-wasm/`;

importScripts(`${VENDOR}reader.js`);

const broken = () => postMessage({ broken: true });

// Without locateFile the library would fetch its wasm from a CDN.
ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (path) => VENDOR + path },
  fireImmediately: true,
}).catch(broken);

onmessage = async ({ data: { id, image, thorough } }) => {
  try {
    const found = await ZXingWASM.readBarcodes(image, {
      formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true,
      tryInvert: thorough, tryDenoise: thorough, textMode: "Plain",
    });
    postMessage({ id, text: found.find((one) => one.isValid)?.text ?? null });
  } catch {
    broken();
  }
};
