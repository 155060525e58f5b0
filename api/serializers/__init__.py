"""What programs receive and send, as JSON."""
