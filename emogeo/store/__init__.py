"""The record of runs: a content-addressed local store."""
