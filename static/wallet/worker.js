/* The wallet's service worker: keeps the files that the wallet is made of, and the page that says what to do without
   a network. The server puts VERSION and KEPT, the addresses of the files, in front of this script.

   Pages, codes and answers of the API are of one person and one moment: they come from the network and are never
   kept here. So there is nothing to be forgotten when somebody signs out. */

const OFFLINE = "/wallet/offline";
const FILES = `wallet-files-${VERSION}`;
const PAGES = /^\/($|(wallet|account|step-up)(\/|$))/;
const WAIT = 15000; // ms for a network that is there but does not answer
const AWAY = new Set([502, 504]); // a gateway without its server

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  event.source.postMessage({ release: VERSION });
  event.waitUntil(speakAs(event.data));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (KEPT.includes(pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate" && PAGES.test(pathname) && !pathname.endsWith(".pdf")) {
    event.respondWith(page(request));
  }
});

async function install() {
  const files = await caches.open(FILES);
  await files.addAll([...KEPT, offlinePage()]);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("wallet-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
  // A page that was opened before offers to change to this release; nothing reloads by itself.
  for (const client of await self.clients.matchAll()) client.postMessage({ release: VERSION });
}

const offlinePage = () => new Request(OFFLINE, { cache: "no-store" });

/** Have the page for no network in the language and size of type of the page that is open. */
async function speakAs({ lang, care, largest }) {
  const files = await caches.open(FILES);
  const kept = await files.match(OFFLINE);
  const opening = `<html lang="${lang}" data-care="${care}"${largest ? " data-largest" : ""}>`;
  if ((await kept?.text())?.includes(opening)) return;
  await files.add(offlinePage()).catch(() => {}); // without a network: the next time
}

/** Files of a release never change under their address. */
async function file(request) {
  return (await caches.match(request, { cacheName: FILES, ignoreVary: true })) ?? fetch(request);
}

async function page(request) {
  let late = 0;
  const tooLong = new Promise((_, giveUp) => { late = setTimeout(giveUp, WAIT); });
  try {
    const answer = await Promise.race([fetch(request), tooLong]);
    if (!AWAY.has(answer.status)) return answer;
  } catch {
    // no network, or none that answers
  } finally {
    clearTimeout(late);
  }
  return (await caches.match(OFFLINE, { cacheName: FILES, ignoreVary: true })) ?? Response.error();
}
