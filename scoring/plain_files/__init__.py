"""The same arithmetic on plain CSV files, without a database."""
