"""A whole trial with a known truth, run through the product's functions on a separate database."""
