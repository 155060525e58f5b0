"""Validates an installation: IQ looks at the installation itself, OQ and PQ at a private copy of the product."""
