"""Django's `migrate`, quicker: it draws no model anew for a field or a trigger that is added."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field
from pgtrigger.migrations import AddTrigger, RemoveTrigger


class Command(migrate.Command):
    """The same command, in a fraction of the time on an empty database."""

    def handle(self, *args: Any, **options: Any) -> None:
        with without_redrawing():
            super().handle(*args, **options)


@contextmanager
def without_redrawing() -> Iterator[None]:
    """Add fields, and add and remove triggers, constraints and indexes, without drawing their models anew.

    A model that is drawn anew takes all related ones with it, here all of them, some 240 each time. A field is added to the
    class that is drawn already, as to any class; of the other three the list on it is set.
    """
    with (
        patch.object(AddTrigger, "state_forwards", _trigger_added),
        patch.object(RemoveTrigger, "state_forwards", _trigger_removed),
        patch.object(ProjectState, "add_field", _field_added),
        patch.object(ProjectState, "_append_option", _appended),
        patch.object(ProjectState, "_remove_option", _taken_out),
    ):
        yield


def _field_added(  # noqa: PLR0913, PLR0917 - the signature is Django's
    self: ProjectState, app_label: str, model_name: str, name: str, field: Field[Any, Any], preserve_default: bool
) -> None:
    added = field if preserve_default else field.clone()
    if not preserve_default:
        added.default = NOT_PROVIDED
    self.models[app_label, model_name].fields[name] = added
    if self._relations is not None:  # type: ignore[attr-defined] # private, and not in the stubs
        self.resolve_model_field_relations((app_label, model_name), name, added)
    if "apps" in self.__dict__:  # drawn already
        self.apps.get_model(app_label, model_name).add_to_class(name, added.clone())
        self.apps.clear_cache()


def _trigger_added(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [*options.get("triggers", []), self.trigger]


def _trigger_removed(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [trigger for trigger in options.get("triggers", []) if trigger.name != self.name]


def _appended(self: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    rows = self.models[app_label, model_name].options[option_name]
    _set(self, app_label, model_name, option_name, [*rows, obj])


def _taken_out(self: ProjectState, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
    rows = self.models[app_label, model_name].options[option_name]
    _set(self, app_label, model_name, option_name, [row for row in rows if row.name != obj_name])


def _set(state: ProjectState, app_label: str, model_name: str, option_name: str, rows: list[Any]) -> None:
    state.models[app_label, model_name].options[option_name] = rows
    if "apps" in state.__dict__:  # drawn already
        meta = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, list(rows))
        meta.__dict__.pop("total_unique_constraints", None)
