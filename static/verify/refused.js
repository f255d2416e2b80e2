/** A text is not what it should be; `reason` is the first thing wrong with it (`verify.verdict`). */
export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.name = "Refused";
    this.reason = reason;
  }
}
