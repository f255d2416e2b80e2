/** /wallet: search among the cards, and the code. */

import { word } from "../js/words.js";
import { bindShowButtons } from "./sheet.js";

bindShowButtons();

const search = document.getElementById("search");
const cards = [...document.querySelectorAll("[data-find]")];

// Where some of the cards are on another page, the form asks the server.
if (search?.dataset.whole === "1") {
  const input = search.querySelector("input[type=search]");
  document.getElementById("search-go").hidden = true;
  search.addEventListener("submit", (event) => event.preventDefault());
  const find = () => {
    const wanted = input.value.trim().toLowerCase().split(/\s+/);
    let found = 0;
    for (const card of cards) {
      const fits = wanted.every((one) => card.dataset.find.includes(one));
      card.hidden = !fits;
      found += fits;
    }
    document.getElementById("search-empty").hidden = found > 0;
    document.getElementById("search-status").textContent = word("found", { n: found });
  };
  input.addEventListener("input", find);
  if (input.value) find(); // typed before this script was there
}
