"""A desk from clerk to clerk: locked in between, handed over at the end of a shift."""
