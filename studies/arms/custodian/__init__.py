"""The tool that custodians run on their own computers; the server uses its formats, never its keys."""
