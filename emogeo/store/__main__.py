"""`python -m emogeo.store`: what a store holds, and how it is put in order; the commands are in `emogeo.keeping`."""

from __future__ import annotations

import sys

from emogeo.keeping.commands import main  # the one import upwards: see pyproject.toml
from emogeo.signals import end_with_reader

if __name__ == "__main__":
    end_with_reader()
    sys.exit(main())
