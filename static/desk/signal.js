/** Sound and vibration, beside the words and the colour. The clerk may turn the sound off. */

const button = document.getElementById("sound");

const REMEMBERED = "desk.muted";
const TUNES = { // [frequency in Hz, start in s, length in s]
  accepted: [[880, 0, 0.11], [1320, 0.12, 0.2]],
  refused: [[240, 0, 0.22], [190, 0.26, 0.34]],
  other: [[520, 0, 0.16]],
};
const SHAKES = { accepted: [80], refused: [160, 80, 160], other: [60, 60, 60] };

let audio = null;

const isMuted = () => localStorage.getItem(REMEMBERED) === "1";

/** Wire the button, and let the browser know during the first gesture that sounds will follow. */
export function setUpSound() {
  button.addEventListener("click", () => {
    localStorage.setItem(REMEMBERED, isMuted() ? "0" : "1");
    show();
  });
  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, allow));
  show();
}

function show() {
  const muted = isMuted();
  button.setAttribute("aria-pressed", !muted);
  button.querySelector("use").setAttribute("href", `#i-${muted ? "mute" : "sound"}`);
}

function allow() {
  const Context = window.AudioContext;
  if (!Context) return;
  audio ??= new Context();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

/** Signal a verdict: accepted, refused, or anything else. */
export function signal(verdict) {
  const kind = verdict in TUNES ? verdict : "other";
  navigator.vibrate?.(SHAKES[kind]);
  if (isMuted() || audio?.state !== "running") return;
  for (const [frequency, start, length] of TUNES[kind]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + start;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.25, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
