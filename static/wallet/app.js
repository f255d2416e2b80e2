/** The wallet as an app: its service worker, the offer of a new release, the way to the home screen. */

const part = (name) => document.getElementById(name);
const RELEASE = new URL(import.meta.url).pathname.split("/")[2]; // of this page: ~RELEASE
const page = document.documentElement;

const again = () => location.replace(location.pathname + location.search);

/** Where the browser refuses, as in some private windows, the wallet goes on with the network alone. */
function keepFiles() {
  install().catch(() => {});
}

async function install() {
  const registration = await navigator.serviceWorker.register("/wallet-worker.js", { scope: "/" });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {}); // the next time
  });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ lang: page.lang, care: page.dataset.care, largest: "largest" in page.dataset });
}

/** Who looks at a page of an earlier release may change to the new one; a code on the screen stays. */
function offer() {
  const place = part("update");
  if (!place || place.querySelector("button")) return;
  place.append(place.querySelector("template").content.cloneNode(true));
  place.querySelector("button").addEventListener("click", again);
}

if (navigator.serviceWorker) {
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (`~${data.release}` !== RELEASE) offer();
  });
  // What the page itself needs comes first.
  if (document.readyState === "complete") keepFiles();
  else window.addEventListener("load", keepFiles);
}

// A page that the browser kept whole may be of another day, or of somebody who has signed out since.
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) again(); });

window.addEventListener("beforeinstallprompt", (event) => {
  const button = part("install");
  if (!button) return;
  event.preventDefault();
  button.hidden = false;
  button.onclick = () => event.prompt();
});
window.addEventListener("appinstalled", () => part("install")?.setAttribute("hidden", ""));
