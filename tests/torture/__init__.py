"""Trials of what an emogeo store survives: `python -m tests.torture` runs them all and prints a table.

Each trial is a command of its own, too (`python -m tests.torture.kills --cases 200`), and goes on where it was
stopped: finished cases are kept in results/torture.
"""
