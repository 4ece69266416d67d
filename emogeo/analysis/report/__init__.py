"""The report: the whole analysis on one HTML page that needs no other file."""
