"""The views of the API, by area."""
