"""The analysis for other tools: rsatoolbox, W&B."""
