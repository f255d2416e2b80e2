/* The desk's service worker: keeps the page and its files, so that a desk opens without a network.
   The server puts VERSION and KEPT, the addresses of the files, in front of this script.

   Page and files come from the network while there is one. A page that came from here takes its files
   from here too, at once. Answers of the API, keys and lists are never kept here. */

const DESK = "/desk";
const PAGE = "desk-page"; // as its clerk last saw it, beyond a new version
const FILES = `desk-files-${VERSION}`;
const WAIT = 3000; // ms for a network that is there but does not answer
const FROM_HERE = { ignoreVary: true, ignoreSearch: true };

let alone = false; // whether the page that was opened last came from here

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === DESK && request.mode === "navigate") event.respondWith(page(request));
  else if (KEPT.includes(pathname)) event.respondWith(file(request));
});

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(KEPT.map((path) => new Request(path, { cache: "no-cache" })));
  // The page that installs this was loaded before: it is asked for once more, to be kept.
  const place = await placeOfPage();
  await keepPage(place, await fetch(DESK, { cache: "no-store", redirect: "manual" }));
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("desk-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  // Read before the page is asked for: one that comes to a later session is not found by this place.
  const place = await placeOfPage();
  const kept = () => caches.match(place, { cacheName: PAGE, ignoreVary: true });
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT) });
    // A gateway without its server, or a server that cannot open the page now
    if (answer.status >= 500 && (await kept())) throw new TypeError(answer.statusText);
    alone = false;
    await keepPage(place, answer);
    return answer;
  } catch {
    alone = true;
    return (await kept()) ?? Response.error();
  }
}

/** Where the page of this session lies: that of another one is never found. */
async function placeOfPage() {
  const session = await self.cookieStore.get("csrf_token");
  return `${DESK}?session=${session?.value ?? ""}`;
}

/**
 * Keep the page of whoever is signed in and no other, and none when nobody is any more. One of another
 * release has other files: its own worker, which the browser is about to fetch, keeps it.
 */
async function keepPage(place, answer) {
  if (answer.status >= 500) return;
  const copy = answer.clone();
  const page = await answer.clone().text();
  const newer = answer.status === 200 && !page.includes(`/static/~${VERSION}/`);
  if (newer && (await caches.match(place, { cacheName: PAGE, ignoreVary: true }))) return;
  await caches.delete(PAGE);
  if (answer.status === 200 && !newer) await (await caches.open(PAGE)).put(place, copy);
}

async function file(request) {
  const kept = () => caches.match(request, { cacheName: FILES, ...FROM_HERE });
  if (alone) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch {
    return (await kept()) ?? Response.error();
  }
}
