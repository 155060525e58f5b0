"""The plan of a trial: sites, subjects, visits, membership, and completeness."""
