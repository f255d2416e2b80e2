/** A form that changes the session is sent once: a second tap would come with the session of before, and end it. */

const form = document.querySelector('form[action="/demo/step-up"]');
let sent = false;

form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; }); // back again, on the same page
