"""What restores settings that were changed, and why a change was refused, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from posturecam.config.declarations import value_of
from posturecam.config.settings import Settings
from posturecam.desktop.pages.settings.rows import declarations
from posturecam.desktop.pages.settings.words import as_text, label
from posturecam.errors import SettingsError
from posturecam.i18n.message import Message


def restoring(settings: Settings, keys: Iterable[str]) -> Mapping[str, str]:
    """The changes that restore these settings, for `change_settings`; a default is the empty text, which removes it from the file."""
    declared = declarations()
    return {
        key: "" if value_of(settings, key) == declared[key].default else as_text(value_of(settings, key))
        for key in keys
    }


def in_words(error: SettingsError) -> Message | str:
    """Why nothing was changed, with the setting's label in place of its key; the row itself says that nothing was changed."""
    why = error.text.parameters.get("problem", error.text)
    if not isinstance(why, Message):
        return error.text
    key = why.parameters.get("key")
    if not isinstance(key, str) or key not in declarations():
        return why
    return Message(why.template, **{**why.parameters, "key": label(key)})
