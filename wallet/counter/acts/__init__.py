"""Acts in an assisted session: done at once, or confirmed by a second staff member first."""
