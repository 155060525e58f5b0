"""Reading what was sent: every file is hostile until it has been decoded in a limited child process."""
