"""Every revision of every score for people who inspect a campaign, and auditors' signed reviews."""
