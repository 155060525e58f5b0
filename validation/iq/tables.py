"""The tables of the installation: migrations, protection of regulated tables, rights of the working role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from audit.baseline import OtherTables, demand_own_tables
from audit.protection import PROTECTED, ROWS, TRUNCATE, Protection, existing, sqlite_triggers, unprotected
from validation.checks import NotTried, check, demand

STATES = {"D": "is disabled", "O": "is not enabled always", "R": "is not enabled always"}
# The bits of pg_trigger.tgtype: each row 1, before 2, insert 4, delete 8, update 16, truncate 32.
KINDS = {ROWS: 1 + 2 + 8 + 16, TRUNCATE: 2 + 32}
TRIGGERS = (
    "SELECT tgname, tgenabled::text, tgtype, tgattr::text, COALESCE(substring(pg_get_triggerdef(oid) from"
    " 'WHEN (.*) EXECUTE'), '') FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
)
RIGHTS = (
    "SELECT rolsuper, pg_has_role(current_user, c.relowner, 'MEMBER'),"
    " has_any_column_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE'),"
    " has_table_privilege(c.oid, 'TRUNCATE')"
    " FROM pg_class c JOIN pg_roles r ON r.rolname = current_user WHERE c.oid = %s::regclass"
)


@check(
    "R-50",
    name="migrations",
    does="Compares the migrations recorded in the database with those of this version.",
    expects="All are applied, and no other",
)
def migrations(_: object) -> str:
    loader = MigrationLoader(connection)
    missing = sorted(loader.graph.nodes.keys() - loader.applied_migrations.keys())
    faults = [f"{app}.{name} is not applied" for app, name in missing]
    try:
        demand_own_tables()
    except OtherTables as error:
        faults.append(str(error))
    return demand(faults, f"{len(loader.applied_migrations)} migrations applied")


@check(
    "R-10",
    "R-11",
    name="protection of regulated tables",
    does="Reads every trigger that refuses changes of regulated rows from the catalogue of the database.",
    expects="Each is present, enabled and unchanged",
)
def protection(_: object) -> str:
    held = existing()
    absent = sorted(PROTECTED.keys() - {one.table for one in held})
    faults = [f"table {table} is missing" for table in absent]
    wrong = set(unprotected())
    for one in held:
        altered = [f"the triggers of {one.table} were altered"] if one.table in wrong else []
        faults += list(faults_of_triggers(one)) or altered
    return demand(faults, f"{len(held)} regulated tables, each with its triggers")


def faults_of_triggers(one: Protection) -> Iterator[str]:
    """The triggers of a table that are missing or ineffective, by name."""
    names = (ROWS, TRUNCATE) if connection.vendor == "postgresql" else tuple(sqlite_triggers(one))
    found = states_of(one.table)
    for name in names:
        if name not in found:
            yield f"trigger {name} of {one.table} is missing"
        elif state := STATES.get(found[name].state):
            yield f"trigger {name} of {one.table} {state}"
        elif connection.vendor == "postgresql" and not acts_as_installed(one, found[name]):
            yield f"trigger {name} of {one.table} was altered"


@dataclass(frozen=True)
class Trigger:
    """A trigger as in the catalogue; on SQLite only the name, since its text is compared as a whole."""

    name: str
    state: str = ""
    kind: int = 0
    columns: str = ""
    condition: str = ""


def acts_as_installed(one: Protection, found: Trigger) -> bool:
    """Whether a trigger acts before the statements, on the columns and under the condition it was installed with."""
    if found.kind != KINDS[found.name] or found.columns:
        return False
    if not one.column or found.name == TRUNCATE:
        return not found.condition
    values = set(re.findall("'([^']*)'", found.condition))
    named = set(re.findall(r"old\.\"?(\w+)", found.condition))
    turned = re.search(r"<>|\b(AND|OR|NOT|new)\b", found.condition)
    return named == {one.column} and values == set(one.values) and not turned


def states_of(table: str) -> dict[str, Trigger]:
    """The triggers of a table by name."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TRIGGERS, [f'"{table}"'])
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        return {row[0]: Trigger(*row) for row in cursor.fetchall()}


@check(
    "R-11",
    "R-27",
    name="rights of the working role",
    does="Asks PostgreSQL what the role of this connection may do with each regulated table.",
    expects="It is not a superuser, owns no regulated table, and may only add rows",
)
def rights(_: object) -> str:
    if connection.vendor != "postgresql":
        raise NotTried("SQLite has no roles: everybody who can open the file owns it. Use PostgreSQL for a trial.")
    return demand(faults_of_rights(), "not a superuser or an owner; regulated rows can only be added")


def faults_of_rights() -> Iterator[str]:
    """The rights of the working role beyond adding rows."""
    for one in existing():
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS, [f'"{one.table}"'])
            superuser, owner, update, delete, truncate = cursor.fetchone()
        if superuser:
            yield "the role is a superuser"
            return
        may = {"owns": owner, "may change": update and not one.column, "may delete from": delete, "may empty": truncate}
        yield from (f"the role {what} {one.table}" for what, found in may.items() if found)
