"""The terms of a charter, and its versions."""
