"""What every feature stands on: database, keys, encryption, audit, outbox, Deps."""
