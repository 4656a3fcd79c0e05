"""The user's language, for a command that says little: nothing is loaded for it but the settings."""

from __future__ import annotations

from posturecam.config.settings_file import load_settings
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import choose_language, system_language


def speak() -> None:
    """Take the user's language: the setting desktop.language, or the system's where it is empty or cannot be read."""
    try:
        language = load_settings().desktop.language
    except PosturecamError:
        language = ""
    choose_language(language or system_language())
