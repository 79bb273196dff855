"""What is known of a document besides its text, read from its own words and completed by what was stated."""
