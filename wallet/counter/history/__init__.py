"""The history and the notices of a served person, on paper."""
