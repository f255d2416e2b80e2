/* A camera that sees what a test draws: holdUp(png) puts a picture before it, framesRead counts the
   frames that the page has handed to its reader. */
{
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1280, 720];
  const context = canvas.getContext("2d");
  const wall = () => {
    context.fillStyle = "#8d9794";
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(15);
    setInterval(() => context.fillRect(0, 0, 1, 1), 60); // a still canvas would send no frames
    return stream;
  };
  wall();
  window.holdUp = async (png) => {
    const picture = await createImageBitmap(new Blob([png], { type: "image/png" }));
    wall();
    context.drawImage(picture, 340, 60, 600, 600);
  };
  window.framesRead = 0;
  const hand = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function count(...given) {
    window.framesRead += 1;
    return hand.apply(this, given);
  };
}
