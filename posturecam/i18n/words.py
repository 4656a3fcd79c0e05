"""Marks texts for translation in modules that know nothing of languages. Pure."""

from __future__ import annotations


def mark(text: str) -> str:
    """The text as it is; `posturecam.i18n.translate.tr` looks it up where it is shown, and the catalog's tool finds it here."""
    return text


THINGS = mark("{things}, {thing}")
"""How a language joins the names of things; for `Message.joined`, like those below."""
CLAUSES = mark("{told}, {more}")
"""What belongs to one statement: "2 of 3 counted, 30 s seen"."""
STATEMENTS = mark("{told}; {more}")
SENTENCES = mark("{sentence} {another}")
"""Each with its own full stop."""
SHORT_SENTENCES = mark("{told}. {more}")
"""Without a full stop of their own."""
HEADED = mark("{heading}: {told}")
EXPLAINED = mark("{told} – {why}")
BRACKETED = mark("{told} ({more})")
IN_PERCENT = mark("{number}%")
"""English and Chinese write "12%", German and Spanish "12 %"."""
FULL_STOP = mark("{told}.")
"""A text that becomes a sentence by itself."""
