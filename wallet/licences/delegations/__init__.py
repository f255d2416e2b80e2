"""Delegations (亲友代办, 办事人): who else may show a licence, for what, until when."""
