/** A card reader types the number and an Enter: that goes on to the matter, and does not send half a form. */

const next = document.getElementById("matter");

document.getElementById("code")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || next.value.trim()) return;
  event.preventDefault();
  next.focus();
});
