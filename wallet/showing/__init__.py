"""Showings and live codes (亮证亮码), and the record of every use."""
