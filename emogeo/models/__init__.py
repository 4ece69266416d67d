"""Language models: where weights come from, loading at a precision, and the states of every block."""
