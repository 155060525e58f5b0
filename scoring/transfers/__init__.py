"""Transfers: a package over a cut of complete cases, or a locked one, for a named recipient who signs its receipt."""
