/** The desk number: six digits on this screen by which a phone sends its code here, where cameras fail. */

import { call } from "../js/api.js";
import { explained, word } from "../js/words.js";
import { isLocked } from "./lock.js";

const part = (name) => document.getElementById(name);
const POLL = 1500; // ms
const BACK_OFF_LIMIT = 15000;

/**
 * Let the clerk show a number. While it is shown, `taken(text)` gets each code that is sent to it, one at a
 * time: the next is fetched when `free()` says that nobody is being served. Gives `hide()`, which takes the number off
 * the screen.
 */
export function setUpNumber({ free, taken }) {
  if (!part("number-draw")) return { hide: () => {} }; // a desk that runs alone has no library that could bring codes
  let number = null;
  let until = 0;
  let ticking = 0;
  let polling = 0;
  let poll = POLL;

  async function draw() {
    part("number-draw").disabled = true;
    say("");
    try {
      const drawn = await call("POST", "/desk-numbers", {});
      if (isLocked()) return;
      number = drawn.number;
      until = Date.now() + Date.parse(drawn.ends_at) - Date.parse(drawn.server_time);
      say("");
      show();
      plan();
    } catch (problem) {
      say(problem.status ? explained("problem", problem) : word("number_offline"));
    }
    part("number-draw").disabled = false;
  }

  function show() {
    const half = number.length / 2;
    part("number-digits").textContent = `${number.slice(0, half)} ${number.slice(half)}`;
    part("number-shown").hidden = false;
    part("number-draw").hidden = true;
    part("number-status").textContent = word("number_said", { number: [...number].join(" ") });
    clearInterval(ticking);
    ticking = setInterval(tick, 500);
    tick();
    part("number-end").focus({ preventScroll: true });
  }

  function tick() {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    part("number-left").textContent = word("number_left", {
      time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`,
    });
    if (left === 0) hide(word("number_over"));
  }

  function hide(note = "") {
    clearInterval(ticking);
    clearTimeout(polling);
    number = null;
    part("number-digits").textContent = "";
    const focused = part("number-shown").contains(document.activeElement);
    part("number-shown").hidden = true;
    part("number-draw").hidden = false;
    part("number-status").textContent = "";
    say(note);
    if (focused) part("number-draw").focus({ preventScroll: true });
  }

  function plan() {
    clearTimeout(polling);
    polling = setTimeout(look, poll);
  }

  async function look() {
    const shown = number;
    if (!shown) return;
    if (free()) {
      try {
        const { text } = await call("POST", "/desk-numbers/next", {});
        if (text) taken(text); // nobody else can any more, whatever has become of the number
        poll = POLL;
        if (number === shown) say("");
      } catch (problem) {
        if (number !== shown) return;
        if (problem.status === 401) return hide(explained("problem", { ...problem, slug: "signed_out" }));
        poll = Math.min(poll * 2, BACK_OFF_LIMIT);
        say(word("number_offline"));
      }
    } else {
      say(word("number_busy"));
    }
    if (number === shown) plan();
  }

  function say(note) {
    part("number-note").textContent = note || word(number ? "number_note_shown" : "number_note");
  }

  part("number-draw").addEventListener("click", draw);
  part("number-end").addEventListener("click", () => {
    call("DELETE", `/desk-numbers/${number}`).catch(() => {}); // else it ends by itself
    hide();
  });
  return { hide };
}
