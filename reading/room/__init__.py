"""What a reader sees and does: worklist, screen, values, signature."""
