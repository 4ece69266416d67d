"""Extracts the emotion vectors of one run, or of many in a sweep: `python train.py --help`."""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while modules are imported ends it without a trace
    from emogeo.programs.train import start

    start()
