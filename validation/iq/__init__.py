"""Installation qualification: the installation as it is. Nothing is written to it."""
