"""One run that extracts emotion vectors: planned from its configuration, read, measured, recorded and tracked."""
