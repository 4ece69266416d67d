"""Writes the pages of the documentation that are made from code and from results: `make docs`."""
