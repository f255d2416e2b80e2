/** The camera's part of the page: its picture, its buttons, and what is said when there is none. */

import { word } from "../js/words.js";
import { Camera } from "./camera.js";

const part = (name) => document.getElementById(name);
const CAUSES = {
  NotAllowedError: "camera_denied", NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing", NotReadableError: "camera_busy",
};

const ON = "desk.camera.on"; // of this tab: scanning goes on when the page is opened again

/**
 * Wire the camera and give it; `seen(text)` is called for every frame with a code in it. What was on before
 * the page was loaded anew or locked is on again.
 */
export function setUpCamera(seen) {
  const camera = new Camera(part("video"), { seen, changed: () => show(camera) });
  part("scan-start").addEventListener("click", () => start(camera, () => camera.start()));
  part("camera-change").addEventListener("click", () => start(camera, () => camera.change()));
  if (sessionStorage.getItem(ON)) start(camera, () => camera.start());
  return camera;
}

function show(camera, problem = "") {
  const { on } = camera;
  part("viewport").classList.toggle("on", on);
  part("scan-start-label").textContent = word(on ? "camera_restart" : "camera_start");
  part("camera-note").textContent = problem || word(on ? "camera_on" : "camera_off");
  part("camera-change").hidden = true;
  if (on) camera.count().then((count) => { part("camera-change").hidden = count < 2; });
}

async function start(camera, begin) {
  if (!navigator.mediaDevices?.getUserMedia) return show(camera, word("camera_insecure"));
  part("camera-note").textContent = word("camera_starting");
  try {
    await begin();
    sessionStorage.setItem(ON, "1");
  } catch (error) {
    sessionStorage.removeItem(ON);
    show(camera, word(CAUSES[error.name] ?? "camera_busy"));
  }
}
