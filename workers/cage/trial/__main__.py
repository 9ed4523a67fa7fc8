"""`python -m workers.cage.trial`: what `handoff cage` starts."""

import sys

from workers.cage.trial.main import main

if __name__ == "__main__":
    sys.exit(main())
