"""Is this the circulated text, and is it the latest?"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from reports.forms_verify import VerifyFileForm, VerifyForm
from reports.selectors_proof import found_by, named


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Ask by symbol or SHA-256 in the address, or by a file, of which only the hash is looked at; nothing is kept.

    What may not be seen is answered as what does not exist.
    """
    form = VerifyForm(request.GET if "q" in request.GET else None)
    file_form = VerifyFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    asked, is_file = "", False
    if file_form.is_bound and file_form.is_valid():
        asked, is_file = sha256_of(file_form.cleaned_data["file"]), True
    elif form.is_bound and form.is_valid():
        asked = form.cleaned_data["q"]
    context = {
        "form": form,
        "file_form": file_form,
        "asked": asked,
        "is_file": is_file,
        "proofs": found_by(request.user, asked) if asked else [],
        "elsewhere": named(request.user, asked) if asked and not is_file else None,
    }
    wrong = (form.is_bound and form.errors) or (file_form.is_bound and file_form.errors)
    return render(request, "reports/verify.html", context, status=422 if wrong else 200)


def sha256_of(file: UploadedFile[Any]) -> str:
    """The SHA-256 of an uploaded file in hexadecimal, read piece by piece."""
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()
