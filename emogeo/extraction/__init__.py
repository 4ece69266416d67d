"""One cell of a sweep: planned from its configuration, read, measured, recorded and tracked."""
