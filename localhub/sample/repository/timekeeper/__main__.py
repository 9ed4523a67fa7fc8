"""`python3 -m timekeeper FILE`."""

import sys

from .cli import main

sys.exit(main())
