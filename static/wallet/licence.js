/** /wallet/{identifier}: face fields stay masked until tapped, and the code. */

import { word } from "../js/words.js";
import { bindShowButtons } from "./sheet.js";

bindShowButtons();

const fields = [...document.querySelectorAll(".reveal")];
const all = document.getElementById("reveal-all");

function reveal(field, shown) {
  field.setAttribute("aria-pressed", shown);
  field.textContent = shown ? field.dataset.value : field.dataset.masked;
}

function settle() {
  const shown = fields.every((field) => field.getAttribute("aria-pressed") === "true");
  all.setAttribute("aria-pressed", shown);
  all.querySelector("span").textContent = word(shown ? "conceal_all" : "reveal_all");
}

for (const field of fields) {
  field.addEventListener("click", () => {
    reveal(field, field.getAttribute("aria-pressed") !== "true");
    settle();
  });
}
if (fields.length) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const shown = all.getAttribute("aria-pressed") !== "true";
    fields.forEach((field) => reveal(field, shown));
    settle();
  });
}
