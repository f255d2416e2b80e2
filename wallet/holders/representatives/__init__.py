"""Who acts for a holder by what a document proves: a child's guardians, an organisation's first administrator."""
