/** /issuer/batches: the form sends itself without leaving the page, and tells how far it is. */

import { explained, word } from "../js/words.js";

const form = document.getElementById("upload");
const MEBIBYTE = 1 << 20;

if (form) {
  const most = Number(form.dataset.most);
  const file = form.elements.file;
  const trouble = document.getElementById("upload-trouble");
  const progress = document.getElementById("upload-progress");
  const bar = progress.querySelector("progress");
  const words = document.getElementById("upload-words");
  const button = form.querySelector("[type=submit]");

  const tell = (sentence) => {
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
  };
  const tooLarge = () => file.files[0]?.size > most;

  file.addEventListener("change", () => tell(tooLarge() ? word("too_large", { most: most / MEBIBYTE }) : ""));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (tooLarge() || button.disabled) return;
    tell("");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const done = total ? Math.floor((loaded / total) * 100) : 0;
      bar.value = done;
      words.textContent = done < 100 ? word("sending", { done }) : word("taking");
    });
    const failed = (problem) => {
      button.disabled = false;
      progress.hidden = true;
      tell(explained("send", problem));
      file.focus();
    };
    request.addEventListener("error", () => failed({ slug: "offline" }));
    request.addEventListener("load", () => {
      if (request.status === 200 && request.response?.page) location.assign(request.response.page);
      else failed(request.response ?? { slug: `http_${request.status}` });
    });
    button.disabled = true;
    progress.hidden = false;
    words.textContent = word("sending", { done: 0 });
    request.send(new FormData(form));
  });
}
