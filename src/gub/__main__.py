"""`python -m gub` is `gub`."""

import sys

try:
    from gub.cli import main
except KeyboardInterrupt:  # Ctrl-C before there is a command to answer it
    sys.exit(130)

if __name__ == "__main__":
    main()
