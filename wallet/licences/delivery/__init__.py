"""Delivery (O-9, M-8): a licence and its changes reach the holder, through inbox and channels."""
