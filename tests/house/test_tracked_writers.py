"""Rows of tracked tables are written only in functions that record them in an event, and in a few they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from audit.protection import PROTECTED
from audit.rows import model_of
from audit.tracking import TRACKED, UNTRACKED

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "api", "audit", "jobs", "reading", "scoring", "studies")
WRITES = {"update", "save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MODELS = {model_of(table).__name__ for table in TRACKED} | {"ReaderImage"}
# Called inside the transaction of a function that records what they return, change or are given.
CALLED_BY_WRITERS = {
    "accounts/second_factor.py delete",
    "accounts/sign_on/identities.py delete",
    "reading/campaigns/opening.py add_cases",
    "reading/issuing/consent.py keep_as_signed",
    "reading/issuing/declining.py take_off",
    "reading/issuing/reads.py write_steps",
    "reading/issuing/reads.py write_timepoints",
    "reading/issuing/seeds.py batch_with_seed",
    "reading/room/queries.py close_query",
    "reading/room/signing.py lock_step",
    "studies/arms/custodian_keys.py note_arms_opened",
    "studies/arms/custodian_keys.py note_arms_received",
    "studies/arrival/rendition.py make_image",
    "studies/desk/designation.py stand_back",
    "studies/desk/joints.py show",
    "studies/plan/confirming.py settle",
    "studies/sealed_links.py link",
    "studies/sealed_links.py shuffle_images",
}
# Change columns that are not tracked.
UNTRACKED_ONLY = {
    "api/tokens.py note_use",
    "accounts/people.py end_sessions",
    "accounts/people.py invite_again",
    "accounts/second_factor.py spend_app_code",
    "accounts/signatures.py check_password_for_signature",
    "accounts/signatures.py count_wrong_password",
    "accounts/signatures.py end_after_misuse",
    "scoring/arms/opening_shares.py count_wrong_share",
    "scoring/arms/requests.py wipe_shares",
    "studies/arrival/resent.py add_finding",
    "studies/arrival/sop_instances.py claim",
    "studies/desk/joint_proposals.py keep",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of the product that is not part of a migration."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.FunctionDef):
                        yield f"{path.relative_to(ROOT)} {node.name}", node


def names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def writes_tracked(function: ast.FunctionDef) -> bool:
    """Whether it writes through a tracked model, or through a name that stands for rows of one."""
    known = set(MODELS)
    known |= {arg.arg for arg in function.args.args + function.args.kwonlyargs if names_in(arg) & MODELS}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and names_in(node.value) & known:
            known |= {name for target in node.targets for name in names_in(target)}
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and bool(first_name(node.func) & known)
        for node in ast.walk(function)
    )


def first_name(node: ast.expr) -> set[str]:
    """The name with which a chain of attributes and calls begins."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def records_rows(function: ast.FunctionDef) -> bool:
    """Whether it calls something with the rows to record."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    named = {first for call in calls for first in first_name(call.func)} & {
        "record",
        "record_event",
        "record_lock",
        "write",
    }
    return bool(named)


def test_a_function_that_writes_a_tracked_row_also_records_it() -> None:
    known = CALLED_BY_WRITERS | UNTRACKED_ONLY
    bare = {name for name, function in functions() if writes_tracked(function) and not records_rows(function)}
    assert bare - known == set()


def test_the_named_functions_are_there() -> None:
    there = {name for name, function in functions() if writes_tracked(function)}
    assert CALLED_BY_WRITERS - there == set()
    assert UNTRACKED_ONLY - there == set()


@pytest.mark.parametrize("table", sorted(TRACKED))
def test_every_column_of_a_tracked_table_is_declared(table: str) -> None:
    """A new column is either recorded with each change, or named as one that decides nothing."""
    model = model_of(table)
    pk = model._meta.pk
    there = {field.attname for field in model._meta.concrete_fields if field is not pk}
    declared = {name.split("__")[0] for version in TRACKED[table].values() for name in version} & there
    assert there - declared - UNTRACKED[table] == set()


def test_every_table_of_the_trial_is_insert_only_tracked_or_named_here() -> None:
    """What remains may change without an event: it carries nothing that decides a result."""
    ours = ("accounts", "api", "reading", "scoring", "studies")
    own = [model for model in apps.get_models() if model._meta.app_label in ours]
    left = {model._meta.db_table for model in own} - PROTECTED.keys() - TRACKED.keys()
    assert left == {
        "studies_transmittal",  # how files were sent
        "studies_transmittalentry",
        "studies_blinduid",  # pseudonyms in blind objects
        "studies_sopinstance",
        "studies_sealedlikeness",  # only steers the desk, by a finding
        "studies_readerimage",  # covered by studies_rendition: an event that named an image would join it to a film
        "studies_sendertoken",  # who may send; what was sent is a film
        "studies_dicompeer",
        "scoring_agreementfigures",  # computed from signed values by a job, again after every change; enters no dataset
        "api_writtenanswer",  # the answer kept for an idempotency key; the change it answers is recorded
    }
