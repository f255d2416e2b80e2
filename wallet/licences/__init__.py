"""Licences: received, sealed, delivered, held; and who may show another's."""
