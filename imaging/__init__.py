"""Turns pixels and headers into facts and blind objects. Imports nothing of the product but errors and settings."""
