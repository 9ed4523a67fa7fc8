"""`python -m app.web.setup`: the set-up process."""

import sys

from app.web.setup.main import main

if __name__ == "__main__":
    sys.exit(main())
