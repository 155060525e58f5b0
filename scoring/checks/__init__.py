"""Checks of one reader's own signed read, for the imaging lead: symmetric in time, blind to the other readers."""
