"""How fast codes are made and verified, as ratios to a floor of the same server."""
