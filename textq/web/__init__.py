"""The review in the browser: pages on this machine, which work without scripts too."""
