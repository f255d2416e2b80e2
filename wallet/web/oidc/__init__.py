"""Signing in at a provider of OpenID Connect: what is asked of it, and what its answers are worth."""
