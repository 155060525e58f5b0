"""The information that remains of a film after de-identification: an allow-list, checked against PS3.15 table E.1-1."""
