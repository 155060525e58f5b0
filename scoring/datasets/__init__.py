"""Building, locking and verifying datasets."""
