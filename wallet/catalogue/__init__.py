"""Licence types (发证目录) and use items (用证事项清单)."""
