"""The runs of a store, and the published study's figures."""
