"""The queue: from the outbox to every destination, and what an operator does about it."""
