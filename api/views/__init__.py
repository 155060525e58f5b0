"""What a token, a program and a person see: by area."""
