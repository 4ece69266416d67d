"""W&B sweeps, one per study, and what starts their agents."""
