"""The endpoint by treatment arm, from a downloaded dataset and a list of arms, without a database."""
