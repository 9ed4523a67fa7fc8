"""`python -m workers.doctor`: what `handoff doctor` starts."""

import sys

from workers.doctor.main import main

if __name__ == "__main__":
    sys.exit(main())
