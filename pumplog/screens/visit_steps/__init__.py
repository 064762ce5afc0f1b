"""The steps of a refill visit, one file each, in the order of the work."""
