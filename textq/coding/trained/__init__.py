"""A coder that learns from coded clauses: features, weights, calibration, explanation."""
