"""Values of a reader image that its film also has: encrypted in the database, plain in Python.

The database can neither compare nor sort them.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from django.db import models

from studies.sealing_key import opened_bytes, sealed_bytes

# One length for a window and for nearly every set of joints.
PAD_TO = 1024
PURPOSE = "value of a reader image"


if TYPE_CHECKING:
    StoredText = models.TextField[Any, Any]
else:
    StoredText = models.TextField


class SealedValue(StoredText):
    """JSON values, sealed in the database."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        """Sealed on its way into the database."""
        content = json.dumps(value, separators=(",", ":")).encode()
        return base64.b64encode(sealed_bytes(content, bound_to=PURPOSE, pad_to=PAD_TO)).decode()

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Opened on its way out; None for the row that an outer join does not find."""
        if value is None:
            return None
        return json.loads(opened_bytes(base64.b64decode(value), bound_to=PURPOSE))

    def get_lookup(self, lookup_name: str) -> Any:
        """Offers no lookups: a comparison in the database would find nothing."""
        return None
