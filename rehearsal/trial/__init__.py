"""A trial rehearsed with a known truth: planted values, simulated readers, and what the product's functions return."""
