"""`python -m app.web`: the web process."""

import sys

from app.web.main import main

if __name__ == "__main__":
    sys.exit(main())
