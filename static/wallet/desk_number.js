/** A desk's number, typed on the phone: whose desk it is, and then the code is sent there and nowhere else. */

import { call } from "../js/api.js";
import { explained, word } from "../js/words.js";

const part = (name) => document.getElementById(name);
const DIGITS = 6;

export class NumberEntry {
  /** `render()` draws the sheet anew, `sent(desk)` is told when a code has got to that desk. */
  constructor({ render, sent }) {
    Object.assign(this, { render, sent, showing: null, desk: null, asked: "" });
    // Enter in the field looks for the desk; only the button that names the act sends, by tap or by key.
    let meant = false;
    part("number-send").addEventListener("click", (event) => {
      meant = event.detail > 0 || document.activeElement === event.currentTarget;
    });
    part("number").addEventListener("submit", (event) => {
      event.preventDefault();
      this.desk && meant ? this.send() : this.look();
    });
    part("number-input").addEventListener("input", () => {
      this.forget();
      if (this.typed.length === DIGITS) this.look();
    });
    part("number-back").addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.showing !== null;
  }

  /** The digits that were typed, whatever stands between them; full-width ones too. */
  get typed() {
    return part("number-input").value.normalize("NFKC").replace(/\D/g, "");
  }

  open(showing) {
    this.showing = showing;
    part("number-input").value = "";
    this.forget();
    this.render();
    part("number-input").focus();
  }

  close() {
    if (!this.isOpen) return;
    this.showing = null;
    this.render();
  }

  forget() {
    this.desk = null;
    this.asked = "";
    this.tell("");
    part("number-desk").hidden = true;
    part("number-send").textContent = word("number_find");
  }

  async look() {
    const { typed, showing } = this;
    if (typed === this.asked) return;
    if (typed.length !== DIGITS) return this.tell(word("number_digits"));
    this.asked = typed;
    this.tell("");
    try {
      const desk = await call("GET", `/desk-numbers/${typed}`);
      if (this.showing !== showing || this.typed !== typed) return;
      this.desk = { ...desk, number: typed };
      part("number-unit").textContent = desk.unit;
      part("number-terminal").textContent = desk.terminal;
      part("number-desk").hidden = false;
      part("number-send").textContent = word("number_send");
      part("number-unit").focus(); // what is to be confirmed is read first; nothing typed on sends it
    } catch (problem) {
      if (this.showing === showing && this.typed === typed) this.fail(problem);
    }
  }

  async send() {
    const { desk, showing } = this;
    part("number-send").disabled = true;
    try {
      await call("POST", `/me/codes/${encodeURIComponent(showing.code.id)}/desk`, { number: desk.number });
      this.sent(desk);
      this.close();
    } catch (problem) {
      if (this.showing === showing) this.fail(problem);
      if (problem.status === 409) await showing.ask(); // it has been used or has ended: that is what to say
    }
    part("number-send").disabled = false;
  }

  fail(problem) {
    if (problem.status === 401) return this.showing.to("signed_out");
    this.forget();
    this.tell(explained("number", problem));
    part("number-input").focus();
  }

  tell(text) {
    part("number-problem").textContent = text;
  }
}
