"""Every refusal is a sentence written for its place; the run that checks it sees all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refusal_words import faults_of
from tests.refusals import APPS, ROOT, Made, badly_worded, sites_in, unreached

pytest_plugins = ["pytester"]
PRODUCT = """
from config.errors import BadInput, WrongState


class Line:
    def wrong(self) -> BadInput:
        return BadInput("The line is wrong.")


def read(line: Line) -> None:
    raise line.wrong()


def open_case(number: int) -> None:
    if number:
        raise WrongState(
            f"Case {number} is open.",
        )
    raise BadInput("Give a number.")
"""


@pytest.mark.parametrize(
    "text",
    [
        "Subject 01-004 has no visit W24. Choose W0, W12 or W52.",
        "3 cases have no result.",
        "The reader's note is longer than 300 characters.",
        "The file “films.zip” holds no film.",
        "Readers' cases and others' cases stay apart.",
        "Write IMAGE, SURGERY or OTHER.",
    ],
)
def test_a_sentence_for_a_person_has_no_fault(text: str) -> None:
    assert faults_of(text) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The day cannot be None.", "Python's None"),
        ("The side cannot be 'X'.", "a value in quotes of the program"),
        ("The film is <Film: 12>.", "an object of the program"),
        ("The film is FilmStatus.READY.", "an object of the program"),
        ("The film is READY.", "the value READY"),
        ("The dataset is lock-requested.", "the value lock-requested"),
        ("The case is is open.", "a doubled word"),
        ("The campaign is no film has passed the desk.", "a verb too many"),
        ("The campaign is open; this needs a closed one.", "the old mould"),
        ("site: 01 was given; allowed: 02.", "the old mould"),
        ("the film is on its way.", "no capital letter at its beginning"),
        ("The film is on its way", "no full stop at its end"),
        ("", "no full stop at its end"),
    ],
)
def test_words_of_the_program_are_faults(text: str, fault: str) -> None:
    assert fault in faults_of(text)


def test_every_place_that_makes_a_refusal_is_found_and_those_without_one_are_listed(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "lines.py").write_text(PRODUCT)
    sites = sites_in(tmp_path, ["app"])
    assert [str(site) for site in sorted(sites)] == [f"app/lines.py:{line}" for line in (7, 11, 16, 19)]
    made = Made("a test", "Case 7 is open.", (("app/lines.py", 16), ("app/elsewhere.py", 1)))
    through_another = Made("a test", "The line is wrong.", (("app/lines.py", 7), ("app/lines.py", 11)))
    assert [str(site) for site in unreached(sites, [made, through_another])] == ["app/lines.py:19"]


def test_a_bad_sentence_is_named_once_with_its_place_and_its_test() -> None:
    made = [Made(f"test_{number}", "the case is None", (("app/cases.py", 12),)) for number in range(2)]
    (line,) = badly_worded(made)
    assert line.startswith(
        "app/cases.py:12 Python's None, no capital letter at its beginning, no full stop at its end:"
    )
    assert line.endswith("in test_0")


def test_a_run_fails_by_the_words_of_a_refusal(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run of pytest on one test file that passes, whose refusal a function of the product words badly."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        """
        import pytest
        from config.errors import BadInput
        from config.filters import DayFilter

        @pytest.mark.parametrize("label", ["Day", "day"])
        def test_a_day(label):
            with pytest.raises(BadInput):
                DayFilter("day").query(label, {"-from": "soon", "-to": ""})
        """
    )
    options = [
        "-p",
        "tests.environment",
        "-p",
        "tests.refusals",
        "-p",
        "no:cacheprovider",
        "-n",
        "1",
        "--ds=config.settings",
    ]
    done = pytester.runpytest_subprocess(*options)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["*config/filters.py:* no capital letter at its beginning: *day cannot be*test_a_day*"])


def test_no_refusal_of_these_apps_is_poured_into_the_old_mould() -> None:
    """A message, and for bad input the name of its field: the value and what is allowed are in the sentence."""
    assert [str(site) for site in sites_in(ROOT, APPS) if site.words > 1] == []
