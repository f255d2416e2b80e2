/** /wallet: search among the cards, and the code. */

import { word } from "../js/words.js";
import { bindShowButtons } from "./sheet.js";

bindShowButtons();

const search = document.getElementById("search");
const cards = [...document.querySelectorAll("[data-find]")];

if (search) {
  search.hidden = false;
  const input = search.querySelector("input");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase().split(/\s+/);
    let found = 0;
    for (const card of cards) {
      const fits = wanted.every((one) => card.dataset.find.includes(one));
      card.hidden = !fits;
      found += fits;
    }
    document.getElementById("search-empty").hidden = found > 0;
    document.getElementById("search-status").textContent = word("found", { n: found });
  });
}
