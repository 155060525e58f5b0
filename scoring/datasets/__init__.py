"""Building, locking and proving datasets."""
