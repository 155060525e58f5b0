"""Installation qualification: checks the installation as it is, and writes nothing to it."""
