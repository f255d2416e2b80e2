/**
 * The wired scanner: a keyboard that types a code and presses Enter, wherever the focus is.
 * Keys that follow each other quickly are collected. A person does not type outside a field, so
 * once a burst is long it can only be a scanner, and a slow computer may take its time.
 */

const PAUSE = 300; // ms between two keys that ends a short burst
const LONG_PAUSE = 3000; // ms that ends a long one
const LONG = 20; // keys
const LEAST = 6; // keys: a shorter burst is somebody's elbow

/** Call `scanned(text)` for every burst that ends in Enter or Tab. Fields keep their own keys. */
export function listenToScanner(scanned) {
  let burst = "";
  let last = 0;

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea")) return;
    const quick = event.timeStamp - last <= (burst.length < LONG ? PAUSE : LONG_PAUSE);
    if (event.key.length === 1) {
      burst = quick ? burst + event.key : event.key;
      last = event.timeStamp;
      // A select would jump to the option that begins with the key, and change the item.
      if (event.target.closest("select")) event.preventDefault();
    } else if (event.key === "Enter" || event.key === "Tab") {
      const text = quick ? burst : "";
      burst = "";
      if (text.length < LEAST) return;
      event.preventDefault();
      event.stopPropagation();
      scanned(text);
    }
  }, { capture: true });
}
