"""Questions to sites, and the e-mails about them."""
