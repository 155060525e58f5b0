"""Pages for readers and for people who run campaigns."""
