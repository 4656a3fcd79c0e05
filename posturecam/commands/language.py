"""The user's language for a command: only the settings are loaded for it, so that commands with little output start fast."""

from __future__ import annotations

from posturecam.config.settings_file import load_settings
from posturecam.config.stdout import encoding
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import choose_language, system_language


def use_own_language() -> None:
    """Use the user's language: the setting desktop.language, or the system's if it is empty or cannot be read."""
    try:
        language = load_settings().desktop.language
    except PosturecamError:
        language = ""
    choose_language(language or system_language(), encoding())
