"""A unit's licences for the records office (O-4): files, an index, digests, a signature."""
