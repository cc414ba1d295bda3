"""The role of web and workers may add to the ledgers and read them, and nothing else."""

from django.db import migrations

TABLES = [
    "reports_acknowledgement",
    "reports_approvalevent",
    "reports_circulationevent",
    "reports_documentevent",
    "reports_documentversion",
    "reports_progressreportevent",
    "reports_renderingevent",
]
STATEMENT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(STATEMENT.format(table=table), migrations.RunSQL.noop) for table in TABLES]
