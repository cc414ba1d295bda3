"""Settings of the queue. Read when a task or a worker first needs them, never at import."""

from django.conf import settings
from kombu import Queue

broker_url = settings.CELERY_BROKER_URL
broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
visibility_timeout = settings.CELERY_VISIBILITY_TIMEOUT
broker_connection_retry_on_startup = True
broker_connection_timeout = 1
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
task_default_queue = "mail"
task_queues = [Queue("mail"), Queue("pdf")]
task_routes = {"reports.tasks.*": {"queue": "pdf"}, "activities.tasks.*": {"queue": "pdf"}}
task_publish_retry = False  # a wake-up that cannot be sent must not hold up a page
worker_prefetch_multiplier = 1
worker_soft_shutdown_timeout = 10
worker_hijack_root_logger = False
timezone = "UTC"
beat_schedule = {
    "drain-outbox": {"task": "members.periodic.drain_outbox", "schedule": 30.0},
    "mark-in-doubt": {"task": "members.periodic.mark_in_doubt", "schedule": 60.0},
    "ask-whether-right": {"task": "members.periodic.ask_whether_right", "schedule": 6 * 3600.0},
    "remind-coordinators": {"task": "activities.periodic.remind_coordinators", "schedule": 24 * 3600.0},
    "empty-old-messages": {"task": "members.periodic.empty_old_messages", "schedule": 24 * 3600.0},
    "empty-old-texts": {"task": "members.periodic.empty_old_texts", "schedule": 24 * 3600.0},
    "forget-old": {"task": "members.periodic.forget_old", "schedule": 900.0},
    "forget-imports": {"task": "members.periodic.forget_imports", "schedule": 3600.0},
    "forget-needs": {"task": "activities.periodic.forget_needs", "schedule": 24 * 3600.0},
    "forget-drafts": {"task": "activities.periodic.forget_drafts", "schedule": 24 * 3600.0},
    "resume-issues": {"task": "activities.periodic.resume_issues", "schedule": 30.0},
    "remind-unanswered": {"task": "activities.periodic.remind_unanswered_invitations", "schedule": 3600.0},
    "remind-of-reviews": {"task": "activities.periodic.remind_of_reviews", "schedule": 24 * 3600.0},
    "forget-foreign-lists": {"task": "activities.periodic.forget_foreign_lists", "schedule": 3600.0},
    "remind-of-reports": {"task": "reports.periodic.remind_of_reports", "schedule": 6 * 3600.0},
    "resume-renderings": {"task": "reports.periodic.resume_renderings", "schedule": 30.0},
}
