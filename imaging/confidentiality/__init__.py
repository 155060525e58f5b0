"""What may be known of a film once its identity is gone: an allow-list, held against PS3.15 table E.1-1."""
