"""Compares the runs of a store: `python analyze.py --help`."""

from emogeo.programs.analyze import start

if __name__ == "__main__":
    start()
