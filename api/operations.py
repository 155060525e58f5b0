"""The definition of one method of one address: the view carries it out and the schema describes it."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework import serializers


@dataclass(frozen=True)
class ApiOperation:
    """The name of the operation in the schema, the scope that it needs, and the form of its answer.

    `paged` answers are pages of that form. `filters` maps parameters of the address to what they filter; `body` is the
    form of what is sent; `status` the answer's. `media_type` is set where the answer is a file.
    """

    name: str
    scope: str
    answer: type[serializers.Serializer[object]] | None = None
    paged: bool = False
    filters: tuple[tuple[str, str], ...] = ()
    body: type[serializers.Serializer[object]] | None = None
    status: int = 200
    media_type: str = ""

    @property
    def parameters(self) -> set[str]:
        """Every parameter that the address takes."""
        return {name for name, _ in self.filters} | ({"cursor", "limit"} if self.paged else set())
