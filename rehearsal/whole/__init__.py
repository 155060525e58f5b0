"""A whole trial with a known truth, played through the product's functions on a database of its own."""
