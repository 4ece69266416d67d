"""Runs made comparable, and in what two of them differ."""
