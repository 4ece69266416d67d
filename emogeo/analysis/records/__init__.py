"""The runs of a store, and the numbers of the published study."""
