"""A column that sorts the codes of another one as people count, on every database and under every collation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from config.natural import natural_key

if TYPE_CHECKING:
    StoredCode = models.CharField[Any, Any]
else:
    StoredCode = models.CharField


class NaturalKey(StoredCode):
    """Follows the field `of`; hexadecimal, because a collation may ignore characters such as the hyphen."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, of: str = "code", **kwargs: Any) -> None:
        self.of = of
        given: dict[str, Any] = {"max_length": 500, "editable": False, "default": ""} | kwargs
        super().__init__(**given)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key of the code that is being stored."""
        key = natural_key(getattr(model_instance, self.of)).encode().hex()
        setattr(model_instance, self.attname, key)
        return key
