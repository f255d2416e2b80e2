"""商户核验 Merchant checks (M-16): lists of a platform enterprise, answered line by line with match or no match."""
