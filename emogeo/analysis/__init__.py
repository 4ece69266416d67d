"""Many cells together: the catalogue of a store, tables, figures, a short summary."""
