"""From signed reads to the result of a case."""
