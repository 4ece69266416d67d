"""Compares the runs of a store: `python analyze.py --help`."""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while modules are imported ends it without a trace
    from emogeo.programs.analyze import start

    start()
