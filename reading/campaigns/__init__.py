"""Campaigns: opening them, following their progress, closing them."""
