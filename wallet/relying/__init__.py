"""Relying units: what they may see, and the judging of the codes they are shown."""
