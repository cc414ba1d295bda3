"""All histories that there are by now, of any app, get the index by time; those to come get it where they are made."""

from django.db import migrations

from members.privileges import histories_by_time


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_vocabulary_retired_and_names"),
        ("activities", "0005_activity_kind_retired_and_links"),
        ("reports", "0003_link_withheld"),
    ]
    operations = [histories_by_time()]
