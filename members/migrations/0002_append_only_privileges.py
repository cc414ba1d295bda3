"""The role of web and workers may add to the ledgers and read them, and nothing else."""

from django.db import migrations

TABLES = [
    "members_accessrecord",
    "members_accountinvitationevent",
    "members_appointmentevent",
    "members_bodyevent",
    "members_deliverytransition",
    "members_forumevent",
    "members_forumkindevent",
    "members_letterevent",
    "members_ministryevent",
    "members_nationalmechanismevent",
    "members_officeevent",
    "members_officialevent",
    "members_participantevent",
    "members_portfolioevent",
    "members_processevent",
    "members_regionevent",
    "members_seatevent",
    "members_seatroleevent",
    "members_sourceevent",
    "members_standingperiodevent",
    "members_topicevent",
    "members_userevent",
]
STATEMENT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]
    operations = [migrations.RunSQL(STATEMENT.format(table=table), migrations.RunSQL.noop) for table in TABLES]
