"""Parts of addresses."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """A code or reference: anything but a slash, and no NUL, which no record can hold."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")
