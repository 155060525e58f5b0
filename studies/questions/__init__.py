"""Questions to sites, and the mail about them."""
