"""The same twelve runs through every launcher, each in the environment that it needs."""
