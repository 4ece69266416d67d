"""The analysis of many runs: the catalogue of a store, tables, figures, a report and a short summary."""
