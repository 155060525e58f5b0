"""Sealed treatment arms: custodians' keys and the import into ciphertext."""
