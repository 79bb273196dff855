"""What all requests have in common: how long to wait before the next one, and when one is given up."""
