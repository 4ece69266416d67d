"""What every kind of run has in common: it is skipped where it is finished, else computed, recorded and mirrored."""
