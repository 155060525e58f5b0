"""docs/signatures.md says what the table of acts says."""

from __future__ import annotations

import re
from pathlib import Path

from accounts.signed_acts import ACTS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "signatures.md"
ROW = re.compile(r"^\| (?P<act>[^|]+) \| (?P<signed>yes|no) \|(?P<meaning>[^|]*)\|(?P<second>[^|]*)\|$", re.MULTILINE)


def test_the_page_about_signatures_has_every_act_as_the_table_has_it() -> None:
    rows = [tuple(part.strip() for part in row.groups()) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    table = [
        (str(act), "yes" if terms.signed else "no", terms.meaning, f"after {terms.after}" if terms.after else "")
        for act, terms in ACTS.items()
    ]
    assert rows == table
