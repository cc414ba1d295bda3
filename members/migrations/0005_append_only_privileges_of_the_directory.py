"""The events of handovers and remarks get what those of the other tables have."""

from django.db import migrations

from members.privileges import add_and_read_only


class Migration(migrations.Migration):
    dependencies = [("members", "0004_directory")]
    operations = add_and_read_only("members_handoverevent", "members_contactremarkevent")
