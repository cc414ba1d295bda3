"""Settings of the tests: the trial's, on a database and a media folder of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["PORTAL_MODE"] = "trial"
os.environ.setdefault("DATABASE_URL", "postgresql://owner@/portal?host=/nonexistent")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
# A busy computer is no fault: the limits of production would make tests fail by the clock.
os.environ.setdefault("DATABASE_LIMITS", "-c statement_timeout=120s -c lock_timeout=20s")

from baliportal.settings import *  # noqa: F403 - the environment comes first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "disposable": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "disposable"},
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="baliportal-media-"))
STATIC_ROOT = Path(tempfile.mkdtemp(prefix="baliportal-static-"))  # empty: pages link to static files, tests do not fetch them
for folder in (MEDIA_ROOT, STATIC_ROOT):
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
SECOND_FACTOR_MAY_BE_WAIVED = True
