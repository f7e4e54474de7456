"""`python -m gub` is `gub`."""

from gub.cli import main

if __name__ == "__main__":
    main()
