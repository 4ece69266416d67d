"""Probes of what a model does, beside what it represents: steering by emotion vectors, and questions under pressure."""
