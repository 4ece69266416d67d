"""The tables of an analysis, one file each."""
