"""Wires the apps and composes the pages that show several of them; owns no rule."""

from baliportal.celery import app as celery_app

__all__ = ["celery_app"]
