"""The database itself refuses to change or delete what the audit holds; `QuerySet.delete()` would pass by any model.

A later migration that rebuilds the table on SQLite loses the triggers and must call `install` again at its end.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "The audit is append-only."

SQLITE_INSTALL = tuple(
    f"CREATE TRIGGER IF NOT EXISTS audit_refuses_{event.lower()} BEFORE {event} ON audit_auditevent "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for event in ("UPDATE", "DELETE")
)
SQLITE_REMOVE = (
    "DROP TRIGGER IF EXISTS audit_refuses_update",
    "DROP TRIGGER IF EXISTS audit_refuses_delete",
)
POSTGRESQL_REMOVE = ("DROP TRIGGER IF EXISTS audit_refuses ON audit_auditevent",)
POSTGRESQL_INSTALL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    *POSTGRESQL_REMOVE,
    "CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditevent "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; again changes nothing."""
    _execute(connection, {"sqlite": SQLITE_INSTALL, "postgresql": POSTGRESQL_INSTALL})


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take them away: for undoing the migration, and for emptying the tables between two tests. Nothing else."""
    _execute(connection, {"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE})


def _execute(connection: BaseDatabaseWrapper, statements: dict[str, tuple[str, ...]]) -> None:
    """Raises KeyError on any other kind of database: an audit without triggers must not go unnoticed."""
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
