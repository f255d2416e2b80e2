"""In step with the issuing units' business systems: what is late, missing, different, disturbed (O-4, O-8, O-10)."""
