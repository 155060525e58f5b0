"""The restricted child processes in which files are decoded, and the connection to them."""
