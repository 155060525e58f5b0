"""The tool that custodians run on a computer of their own; the server imports its formats, never its keys."""
