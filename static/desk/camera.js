/** The camera: a live picture in a <video>, and the text of every code that it sees. */

import { pixels, readCode } from "./reader.js";

const FRAME_PAUSE = 70; // ms between frames; one frame takes about 15 ms to read
const FRAME_LIMIT = 1280; // px of the longer side handed to the reader: as many as are asked of the camera
const REMEMBERED = "desk.camera";

export class Camera {
  /** `seen(text)` is called for every frame with a code in it, `changed()` when it starts or stops. */
  constructor(video, { seen, changed }) {
    this.video = video;
    this.seen = seen;
    this.changed = changed;
    this.stream = null;
    this.canvas = document.createElement("canvas");
    this.run = 0;
  }

  get on() {
    return this.stream !== null;
  }

  /** Start, or start again. Rejects with the browser's own error when there is no camera to have. */
  async start() {
    this.stop();
    this.run += 1;
    const run = this.run;
    const remembered = localStorage.getItem(REMEMBERED);
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const choice = remembered ? { deviceId: { ideal: remembered } } : { facingMode: { ideal: "environment" } };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...choice } });
    if (run !== this.run) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.stop());
    this.video.srcObject = stream;
    await this.video.play();
    this.changed();
    this.look(run);
  }

  stop() {
    this.run += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.changed();
  }

  /** How many cameras there are to choose from. */
  async count() {
    return (await this.list()).length;
  }

  /** Go on to the next camera, and remember it for this desk. */
  async change() {
    const cameras = await this.list();
    const current = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const at = cameras.findIndex((camera) => camera.deviceId === current);
    const next = cameras[(at + 1) % cameras.length];
    if (next) localStorage.setItem(REMEMBERED, next.deviceId);
    return this.start();
  }

  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  async look(run) {
    while (run === this.run) {
      const { videoWidth, videoHeight } = this.video;
      if (videoWidth && !document.hidden) {
        const text = await readCode(pixels(this.video, videoWidth, videoHeight, FRAME_LIMIT, this.canvas));
        if (text && run === this.run) this.seen(text);
      }
      await new Promise((done) => { setTimeout(done, FRAME_PAUSE); });
    }
  }
}
