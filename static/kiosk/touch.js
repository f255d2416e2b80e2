/** /kiosk: a tap or a key counts on the server, so that whoever chooses slowly loses nothing; untouched the page goes back. */

const EVERY = 20000;
const START = "/kiosk?left";

const main = document.getElementById("main");
const idle = Number(main.dataset.idle);

let told = Date.now();
let telling = 0;
let leaving = 0;

function begin(seconds) {
  clearTimeout(leaving);
  leaving = setTimeout(() => location.replace(START), seconds * 1000);
}

function again() {
  begin(idle);
  for (const shown of document.getElementById("left")?.getAnimations() ?? []) shown.currentTime = 0;
}

// A touch soon after another is told a little later, so that the server never ends before the page does.
function touched() {
  again();
  if (!telling) telling = setTimeout(tell, Math.max(0, told + EVERY - Date.now()));
}

async function tell() {
  telling = 0;
  told = Date.now();
  try {
    const answer = await fetch("/kiosk/touch", {
      method: "POST",
      body: new URLSearchParams({ csrf_token: main.dataset.token }),
      credentials: "same-origin",
      redirect: "error",
    });
    if (answer.ok) again();
    else if (answer.status < 500) location.replace(START);
  } catch {
    // Without a network the page still goes back by its own clock.
  }
}

// The page's clock takes the place of the answer's Refresh, which no touch could put off.
if (document.readyState === "complete") window.stop();
else addEventListener("load", () => window.stop());
// A page that the browser kept is somebody else's.
addEventListener("pageshow", (shown) => {
  if (shown.persisted) location.replace(START);
});
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, touched, { passive: true });
begin(Number(main.dataset.left));
