"""Staff hand licences to a desk by its number, for a person without a phone."""
