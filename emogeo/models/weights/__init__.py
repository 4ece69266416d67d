"""Where weights come from: the hub, the package index, a folder."""
