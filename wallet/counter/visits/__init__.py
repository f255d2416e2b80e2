"""Home service 上门: a list of whom to visit on one day, prepared by who goes and confirmed by a colleague."""
