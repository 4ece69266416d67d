"""The whole analysis on one page that needs nothing else."""
