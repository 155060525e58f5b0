"""Forms for people who work on results."""
