/** What the page says of the network, and of what the desk can do without it. */

import { word } from "../js/words.js";
import { canJudge } from "./alone.js";

const part = (name) => document.getElementById(name);

/** Show whether the library can be reached. */
export function showConnection(up) {
  const able = canJudge();
  part("network").classList.toggle("off", !up);
  part("network").querySelector("use").setAttribute("href", up ? "#i-check" : "#i-offline");
  part("network-word").textContent = word(up ? "online" : able ? "offline_able" : "offline");
  part("offline-note").hidden = up;
  part("offline-note-text").textContent = up ? "" : word(able ? "offline_note" : "offline_unable");
  // What lies outside this page cannot be reached.
  document.querySelectorAll(".deskfoot a").forEach((link) => link.toggleAttribute("inert", !up));
}
