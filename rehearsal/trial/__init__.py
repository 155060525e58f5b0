"""A trial rehearsed with a known truth: what is planted, simulated readers, and what the product's functions return."""
