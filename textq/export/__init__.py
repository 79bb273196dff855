"""Tables → files; one format a module."""
