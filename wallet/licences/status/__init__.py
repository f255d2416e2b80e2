"""How a licence stands: changes, expiry, history, and the published lists."""
