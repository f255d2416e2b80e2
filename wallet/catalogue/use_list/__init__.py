"""用证事项清单 (O-12, M-11): which matters use which licence types, and how that comes about."""
