"""How every form is drawn."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """The project's own field: label, hint, error and control, tied together for screen readers."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
