/**
 * The wired scanner: a keyboard that types a code and presses Enter, wherever the focus is.
 * Keys that follow each other quickly are collected; a person does not type 6 keys outside a
 * field and press Enter, so slow computers and slow scanners may take their time.
 */

const PAUSE = 300; // ms between two keys that ends a burst
const LEAST = 6; // keys: a shorter burst is somebody's elbow

/** Call `scanned(text)` for every burst that ends in Enter or Tab. Fields keep their own keys. */
export function listenToScanner(scanned) {
  let burst = "";
  let last = 0;

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea")) return;
    const quick = event.timeStamp - last <= PAUSE;
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
