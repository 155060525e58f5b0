"""The pages of readers and of those who run campaigns."""
