"""Review: one SQLite file a study, with the events, what they make, and the clauses of a run."""
