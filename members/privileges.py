"""What the role of web and workers may do with a table, as operations for migrations."""

from django.db.migrations import RunSQL

_REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
    END IF;
END $$;
"""


# Histories are read by time, the latest first; a ledger without this column has an order of its own.
_BY_TIME = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = '{table}' AND column_name = 'pgh_created_at') THEN
        CREATE INDEX IF NOT EXISTS {table}_at ON {table} (pgh_created_at DESC, pgh_id DESC);
    END IF;
END $$;
"""

# The same for all histories that there are: for databases whose tables were made before the index was.
_ALL_BY_TIME = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.column_name = 'pgh_created_at' AND c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
    LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (pgh_created_at DESC, pgh_id DESC)', name || '_at', name);
    END LOOP;
END $$;
"""


def add_and_read_only(*tables: str) -> list[RunSQL]:
    """Operations after which the role `app` may add rows to `tables` and read them, and nothing else.

    Every table of events and every ledger needs it in the migration that makes it; a test finds those without.
    Tables of events get the index by time that the desk's list of changes reads them by.
    """
    return [RunSQL(statement.format(table=table), RunSQL.noop) for table in tables for statement in (_REVOKE, _BY_TIME)]


def histories_by_time() -> RunSQL:
    """The index by time for all histories that exist, as one operation."""
    return RunSQL(_ALL_BY_TIME, RunSQL.noop)
