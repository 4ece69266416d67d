"""What a model does, beside what it represents: steered by emotion vectors, and asked under pressure."""
