/** /wallet/together: what is chosen goes to the button, which shows it in one code. */

import { listed, word } from "../js/words.js";
import { bindShowButtons } from "./sheet.js";

const boxes = [...document.querySelectorAll("#choose input[type=checkbox]")];
const button = document.getElementById("go");
const count = document.getElementById("chosen-count");

function settle() {
  const chosen = boxes.filter((box) => box.checked);
  const mixed = new Set(chosen.map((box) => box.dataset.right)).size > 1;
  count.textContent = mixed ? word("mixed") : word(chosen.length ? "chosen" : "choose", { n: chosen.length });
  count.classList.toggle("wrong", mixed);
  button.disabled = mixed || !chosen.length;
  if (button.disabled) return;
  const { name, holder, theme } = chosen[0].dataset;
  const [n, more] = [chosen.length, chosen.length - 1];
  Object.assign(button.dataset, {
    showCode: chosen.map((box) => box.value).join(" "),
    name: more ? word("several", { name, n, more }) : name,
    names: listed(chosen.map((box) => box.dataset.name)),
    holder, theme,
  });
}

if (button) {
  button.dataset.showCode = "";
  boxes.forEach((box) => box.addEventListener("change", settle));
  settle();
  bindShowButtons();
}
