"""Validates an installation: IQ checks the installation itself, OQ and PQ a private copy of the product."""
