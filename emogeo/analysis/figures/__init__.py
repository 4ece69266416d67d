"""The figures of an analysis, as PNG files."""
