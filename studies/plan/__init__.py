"""What a trial plans: sites, subjects, visits, membership, and how complete it is."""
