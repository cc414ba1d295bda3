"""The portal's own application: it wires the others."""

from django.apps import AppConfig


class BaliportalConfig(AppConfig):
    name = "baliportal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from members import checks, receivers  # noqa: F401 - importing them registers the checks and receivers
