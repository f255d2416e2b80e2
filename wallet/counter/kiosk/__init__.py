"""自助打印: a screen in the hall prints copies in an assisted session, after its staff member has released it."""
