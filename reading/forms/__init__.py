"""Forms for people who write charters and run campaigns."""
