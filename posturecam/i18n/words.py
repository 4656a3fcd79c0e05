"""Marks texts for translation in modules that know nothing of languages. Pure."""

from __future__ import annotations


def mark(text: str) -> str:
    """The text as it is; `posturecam.i18n.translate.tr` looks it up where it is shown, and the catalog's tool finds it here."""
    return text
