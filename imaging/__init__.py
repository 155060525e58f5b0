"""Pixels and headers in, facts and blind objects out. Imports nothing of the product but errors and settings."""
