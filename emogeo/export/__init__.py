"""Vectors, states and RDMs of runs in the files that other tools read."""
