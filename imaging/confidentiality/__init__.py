"""What may be known of a film after de-identification: an allow-list, checked against PS3.15 table E.1-1."""
