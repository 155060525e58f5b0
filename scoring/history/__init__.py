"""Every revision of every score for people who inspect a campaign, and what an auditor signed as reviewed."""
