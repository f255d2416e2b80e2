/* Notes when what happens in a page: a code shown to the camera, read, judged, painted; the next code
   asked for and painted. window.marks holds the times (ms) of the present one, window.noted those of all that
   are painted. */
{
  const now = () => performance.now();
  const LIVE_CODE = /\/me\/codes(\/[^/]+\/next)?$/;
  const SOON = 300; // ms after which a phone asks for the next code here, instead of 30 s
  window.marks = {};
  window.noted = [];

  /* After the next frame but one begins, the one in which something changed is on the screen. */
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (window.marks.painted || !window.marks.answered) return;
    window.marks.painted = now();
    window.noted.push(window.marks);
  }));

  const ask = window.fetch;
  window.fetch = async (address, options) => {
    const judging = String(address).endsWith("/verifications") && options?.method === "POST";
    const showing = LIVE_CODE.test(String(address)) && options?.method === "POST";
    if (!judging && !showing) return ask(address, options);
    if (showing) window.marks = {};
    window.marks.asked = now();
    const answer = await ask(address, options);
    const text = await answer.text();
    window.marks.answered = now();
    if (judging || !answer.ok) return new Response(text, answer);
    const code = JSON.parse(text);
    code.refresh_at = new Date(Date.parse(code.server_time) + SOON).toISOString();
    return new Response(JSON.stringify(code), answer);
  };

  let handed = 0;
  const hand = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function note(...given) {
    handed = now();
    return hand.apply(this, given);
  };
  const Reader = window.Worker;
  window.Worker = class extends Reader {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data.text !== window.marks.text || window.marks.read) return;
        Object.assign(window.marks, { handed, read: now() });
      });
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const verdict = document.getElementById("verdict");
    if (verdict) {
      new MutationObserver(() => { if (!verdict.hidden) painted(); })
        .observe(verdict, { attributes: true, attributeFilter: ["hidden"] });
    }
    const code = document.getElementById("code-canvas");
    if (code) {
      new MutationObserver(() => { if (code.dataset.text) painted(); })
        .observe(code, { attributes: true, attributeFilter: ["data-text"] });
    }
  });
}
