"""The random names of reads and films in every table."""

from __future__ import annotations

from config.tokens import new_token
from scoring.datasets.package import harmless


def test_a_token_stands_in_a_table_as_it_is_and_is_new_each_time() -> None:
    tokens = [new_token() for _ in range(2000)]
    assert [harmless(token) for token in tokens] == tokens
    assert len(set(tokens)) == 2000
    assert {len(token) for token in tokens} == {32}
