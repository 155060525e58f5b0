"""The endpoint over all arms, for the statistician before the arms are known: the tables and figures of a dataset."""
