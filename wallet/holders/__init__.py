"""Holders (持证主体), their accounts, sign-in and freeze."""
