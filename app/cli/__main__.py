"""`python -m app.cli`: the same as `handoff`."""

import sys

from app.cli.enter import main

if __name__ == "__main__":
    sys.exit(main())
