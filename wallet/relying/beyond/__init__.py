"""越权 What goes beyond a grant: why, who is told, and when a grant is suspended for it."""
