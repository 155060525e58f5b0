"""Designs from TOML: the shipped ones are whole, and what cannot be used is refused by key, value and what may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import BadInput
from rehearsal.trial.design_file import NAMES, SHIPPED, find_design, read_design

SMALL = """
title = "Two arms"
instrument = "svdh"
subjects = 60
baseline_mean = 20
baseline_sd = 20

[[visit]]
code = "W24"
week = 24
sdc = 1.15

[[arm]]
name = "control"
weight = 1
change = { W24 = 0.9 }
progressors = 0.3

[charter]
threshold = 3
reference = "W24"

[readers]
joints = { MTP5 = 2 }
"""


def test_every_shipped_design_is_whole_and_plants_the_published_error_of_readers() -> None:
    assert NAMES == ("larsen", "oskira-1", "ra-beam", "ra-begin")
    for name in ("ra-beam", "ra-begin"):
        assert [(visit.code, visit.sdc) for visit in find_design(name).visits] == [("W24", 1.15), ("W52", 1.41)]
    assert [arm.change["W24"] for arm in find_design("ra-beam").arms] == [0.90, 0.41, 0.33]
    assert len(find_design("larsen").visits) == 3


def test_a_file_of_ones_own_is_read_and_keys_left_out_keep_their_defaults(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    design = find_design(str(tmp_path / "mine.toml"))
    assert (design.readers.joints, design.readers.number, design.charter.result_rule) == ({"MTP5": 2}, 4, "two-closest")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "subjects = 60",
            "subjects = true",
            "In the design, subjects cannot be “true”. Give a whole number from 30 to 20000.",
        ),
        ("subjects = 60", "subject = 60", "In the design, the key “subject” is not known. Give title, instrument,"),
        ('title = "Two arms"', "", "In the design, the key “title” is missing. Give one line of text,"),
        ('title = "Two arms"', 'title = ""', "In the design, title cannot be nothing. Give one line of text,"),
        ('"svdh"', '"sharp"', "In the design, instrument cannot be “sharp”. Give svdh,"),
        ("sdc = 1.15", 'sdc = "small"', "In [[visit]] number 1, sdc cannot be “small”. Give a number from 0 to 20."),
        ("sdc = 1.15", "sdc = nan", "In [[visit]] number 1, sdc cannot be “nan”. Give a number from 0 to 20."),
        ("{ W24 = 0.9 }", "3", "In [[arm]] number 1, change cannot be “3”. Give a table of numbers from 0 to 60,"),
        (
            "{ W24 = 0.9 }",
            "{ W24 = -1 }",
            'In [[arm]] number 1, change cannot be “{"W24": -1}”. Give a table of numbers',
        ),
        ("{ W24 = 0.9 }", "{ W52 = 0.9 }", "In [[arm]] control, change is given for W52. Give it for W24."),
        (
            "{ W24 = 0.9 }",
            "{ W24 = 0.2 }",
            "In [[arm]] control, change cannot be 0.2. Give means that do not fall over time,",
        ),
        ('reference = "W24"', 'reference = "W52"', "In [charter], reference cannot be “W52”. Give W24."),
        ("{ MTP5 = 2 }", "{ MTP9 = 2 }", "In [readers], joints cannot name “MTP9”. Give CAPNL,"),
        (
            "{ MTP5 = 2 }",
            "{ MTP5 = 99 }",
            'In [readers], joints cannot be “{"MTP5": 99}”. Give a table of joints and numbers',
        ),
        (
            "[readers]\njoints = { MTP5 = 2 }",
            "[[readers]]\nnumber = 4",
            'In [readers], “[{"number": 4}]” is not a table.',
        ),
        ("[[arm]]", "[[arms]]", "In the design, the key “arms” is not known."),
        ('[[visit]]\ncode = "W24"\nweek = 24\nsdc = 1.15', "", "The design has no [[visit]]. Give one or more."),
        (
            "[[visit]]",
            '[[visit]]\ncode = "W52"\nweek = 52\nsdc = 1\n[[visit]]',
            "The weeks of the visits are 52, 24. Give each once",
        ),
        (
            "[[visit]]",
            '[[visit]]\ncode = "W24"\nweek = 12\nsdc = 1\n[[visit]]',
            "Two parts of [[visit]] have the same name: W24, W24.",
        ),
        ('"W24"', '"RESC"', "In [[visit]], code cannot be “RESC”, which a rehearsal uses itself. Choose another."),
        ("subjects = 60", "subjects = ", "The file mine.toml is not TOML in UTF-8"),
    ],
)
def test_what_cannot_be_used_is_refused_by_key_value_and_what_is_allowed(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(BadInput) as refusal:
        read_design(SMALL.replace(old, new).encode(), "mine.toml")
    assert str(refusal.value).startswith(says)


def test_a_design_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadInput, match="Give larsen, oskira-1, ra-beam or ra-begin, or a file that ends in .toml"):
        find_design("ra-build")
    assert all((SHIPPED / f"{name}.toml").is_file() for name in NAMES)
