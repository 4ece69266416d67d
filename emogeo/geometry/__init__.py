"""From states to vectors, layers, RDMs and their comparison; plain numpy, float64."""
