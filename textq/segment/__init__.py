"""Document → Clauses: the grammar of official documents, and words."""
