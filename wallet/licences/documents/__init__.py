"""A licence as a sealed PDF, and the exemptions from sealing."""
