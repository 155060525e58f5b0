"""What a charter may say, and its versions."""
