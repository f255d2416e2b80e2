"""帮办代办 The counter: staff serve a holder who has no phone, in a session of minutes, with paper that can be trusted."""
