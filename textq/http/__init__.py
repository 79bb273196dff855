"""What all requests have in common: the clock, how long to wait before the next one, and when one is given up."""
