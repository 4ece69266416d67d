"""Extracts the emotion vectors of one run, or of many in a sweep: `python train.py --help`."""

from emogeo.programs.train import start

if __name__ == "__main__":
    start()
