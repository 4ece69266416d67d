"""Language models: their weights, loading at a precision, and the states of every block."""
