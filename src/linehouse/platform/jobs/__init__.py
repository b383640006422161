"""Work that is done later, once: rows in the brand's database, claimed with SKIP LOCKED, due by the business clock."""
