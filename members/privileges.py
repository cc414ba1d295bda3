"""What the role of web and workers may do with a table, as operations for migrations."""

from django.db.migrations import RunSQL

_REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
    END IF;
END $$;
"""


def add_and_read_only(*tables: str) -> list[RunSQL]:
    """Operations after which the role `app` may add rows to `tables` and read them, and nothing else.

    Every table of events and every ledger needs it in the migration that makes it; a test finds those without.
    """
    return [RunSQL(_REVOKE.format(table=table), RunSQL.noop) for table in tables]
