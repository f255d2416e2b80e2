"""接入系统 Machine clients of units: their secrets, shown once and rotated with an overlap, and their end."""
