"""Regulated tables and the triggers that refuse to change their rows, on PostgreSQL and on SQLite.

Each app declares its tables in its protected_tables.py. The triggers are installed after every migrate,
because a migration that rebuilds a table on SQLite silently drops them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from audit.baseline import OtherTables, demand_own_tables

ROWS, TRUNCATE = "regulated_rows", "regulated_truncate"
POSTGRESQL_BODY = """
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are regulated', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
"""
POSTGRESQL_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRESQL_BODY}$$"
)


class Unprotected(RuntimeError):
    """A regulated table lacks its triggers."""


NOT_FIT = (OtherTables, Unprotected)


@dataclass(frozen=True)
class Protection:
    """A regulated table; with a column given, only rows with one of these values (such as a locked dataset)."""

    table: str
    column: str = ""
    values: tuple[str, ...] = ()

    def covers(self, row: dict[str, object]) -> bool:
        return not self.column or row[self.column] in self.values

    def when(self) -> str:
        if not self.column:
            return ""
        values = ", ".join(f"'{value}'" for value in self.values)
        return f'WHEN (OLD."{self.column}" IN ({values})) '


PROTECTED: dict[str, Protection] = {}


def protect(table: str, *, column: str = "", values: tuple[str, ...] = ()) -> None:
    """Makes the table regulated: its rows are insert-only, and an event must record each (record(rows=...))."""
    PROTECTED[table] = Protection(table, column, tuple(map(str, values)))


def sqlite_triggers(protection: Protection) -> dict[str, str]:
    """Each trigger's name and its SQL, which SQLite keeps unchanged."""
    table, says = protection.table, f"{protection.table} is regulated: its rows are not changed"
    return {
        f"{ROWS}_{verb.lower()}_{table}": f'CREATE TRIGGER "{ROWS}_{verb.lower()}_{table}" BEFORE {verb} ON "{table}" '
        f"FOR EACH ROW {protection.when()}BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for verb in ("UPDATE", "DELETE")
    }


def postgresql_triggers(protection: Protection) -> list[str]:
    """The statements that create a table's triggers; ALWAYS, so that a replication role cannot bypass them."""
    table = protection.table
    return [
        f'DROP TRIGGER IF EXISTS {ROWS} ON "{table}"',
        f'DROP TRIGGER IF EXISTS {TRUNCATE} ON "{table}"',
        f'CREATE TRIGGER {ROWS} BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW {protection.when()}EXECUTE FUNCTION audit_refuse()",
        f'CREATE TRIGGER {TRUNCATE} BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {ROWS}',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {TRUNCATE}',
    ]


def existing() -> list[Protection]:
    """The regulated tables that exist: migrations may be incomplete."""
    names = set(connection.introspection.table_names())
    return [protection for table, protection in sorted(PROTECTED.items()) if table in names]


def unprotected() -> list[str]:
    """The regulated tables whose triggers are missing, disabled or altered."""
    find = unprotected_postgresql if connection.vendor == "postgresql" else unprotected_sqlite
    return find(existing())


def unprotected_sqlite(protections: list[Protection]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = dict(cursor.fetchall())
    return [
        protection.table
        for protection in protections
        if any(found.get(name) != text for name, text in sqlite_triggers(protection).items())
    ]


def unprotected_postgresql(protections: list[Protection]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'audit_refuse'")
        if [body for (body,) in cursor.fetchall()] != [POSTGRESQL_BODY]:
            return [protection.table for protection in protections]
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgqual IS NULL FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgenabled = 'A' AND p.proname = 'audit_refuse'"
        )
        found = set(cursor.fetchall())
    return [
        protection.table
        for protection in protections
        if {(protection.table, ROWS, not protection.column), (protection.table, TRUNCATE, True)} - found
    ]


def install() -> list[str]:
    """Creates missing triggers; returns the tables that lacked them."""
    bare = unprotected()
    with transaction.atomic(), connection.cursor() as cursor:
        if bare and connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for table in bare:
            for statement in statements(PROTECTED[table]):
                cursor.execute(statement)
    return bare


def statements(protection: Protection) -> list[str]:
    if connection.vendor == "postgresql":
        return postgresql_triggers(protection)
    texts = sqlite_triggers(protection)
    return [*(f'DROP TRIGGER IF EXISTS "{name}"' for name in texts), *texts.values()]


def demand() -> None:
    """Raises OtherTables or Unprotected unless the tables are ours and protected; checked at each start."""
    demand_own_tables()
    if bare := unprotected():
        raise Unprotected(f"regulated tables without protection: {', '.join(bare)}; run migrate, then verify_audit")
