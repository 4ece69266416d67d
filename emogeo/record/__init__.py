"""The record of a run, as types."""
