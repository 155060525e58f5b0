"""A campaign's results as ratings: subjects x visits x readers, for the agreement pages."""
