"""Forms of those who write charters and run campaigns."""
