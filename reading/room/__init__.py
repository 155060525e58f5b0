"""The reading room: worklist, screen, values, signature."""
