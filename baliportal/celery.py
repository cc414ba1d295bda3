"""The queue. It wakes and spreads; the database holds the work, so a lost message costs time and nothing else."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baliportal.settings")

app = Celery("baliportal")
app.config_from_object("baliportal.celeryconfig")
app.autodiscover_tasks(["members", "activities", "reports"])
app.autodiscover_tasks(["members", "activities", "reports"], related_name="periodic")
