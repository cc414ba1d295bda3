"""The role of web and workers may add to the ledgers and read them, and nothing else."""

from django.db import migrations

TABLES = [
    "activities_activityareaevent",
    "activities_activityevent",
    "activities_activitykindevent",
    "activities_activityobjectiveevent",
    "activities_areainterestevent",
    "activities_attendanceevent",
    "activities_consultationevent",
    "activities_contributionevent",
    "activities_delegateevent",
    "activities_externalreferenceevent",
    "activities_followupevent",
    "activities_foreignactivityevent",
    "activities_goalevent",
    "activities_hostingevent",
    "activities_invitationevent",
    "activities_legislationstatusevent",
    "activities_nominationevent",
    "activities_objectiveevent",
    "activities_outreachevent",
    "activities_priorityneedevent",
    "activities_programmeareaevent",
    "activities_proposalevent",
    "activities_recommendationevent",
    "activities_replyevent",
    "activities_reviewevent",
    "activities_sessionevent",
]
STATEMENT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]
    operations = [migrations.RunSQL(STATEMENT.format(table=table), migrations.RunSQL.noop) for table in TABLES]
