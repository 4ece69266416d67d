"""What is drawn of an analysis, as PNG files."""
