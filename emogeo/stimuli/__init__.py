"""Texts for models to read: the corpus, its units, and the templates that turn a passage into a text."""
