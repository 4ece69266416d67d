"""Every kind of run works like this: it is skipped where it is finished, else computed, recorded and mirrored."""
