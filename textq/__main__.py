"""``python -m textq``."""

from textq.cli import main

if __name__ == "__main__":
    main()
