"""The catalogs of texts: `python -m tools.texts update|check|compile`.

`update` collects every text that is shown or spoken from the code, the exercises and the settings into
`posturecam.pot`, updates the languages' `.po` files (translations are kept; a changed text counts as new and is not
guessed) and compiles them. `compile` only makes the `.mo` files. `check` lists what is missing, and fails if anything
is.
"""

from __future__ import annotations

import argparse
import ast
import io
import string
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from posturecam import errors
from posturecam.i18n import languages

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "posturecam"
FOLDER = PACKAGE / "i18n" / "locale"
LANGUAGES = tuple(code for code in languages.LANGUAGES if code != "en")

_ERRORS = tuple(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.Explained)
)
_IN_CODE: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("tr", "mark", "Message", *_ERRORS, "VoiceProblem", "EmptySound"), (0,)),
    **dict.fromkeys(("trn", "counted"), (0, 1)),
}
"""Functions whose texts are collected, and which of their arguments those are."""
_SHOWN_KEYS = (
    "title",
    "why",
    "how",
    "cue",
    "say",
    "release_cue",
    "cautions",
    "skip_if",
    "text",
    "judges",
    "cannot",
    "about",
    "hint",
)
"""Fields of an exercise or a routine; ids, bounds and sources are not shown."""


_PUNCTUATION = ".,;:–%"

_HEADER = "# Texts of posturecam; docs/translating.md tells how this file is made and edited."
_UNKEPT = tuple(
    f'"{name}'.encode()
    for name in (
        "Project-Id",
        "Report-Msgid",
        "POT-Creation",
        "PO-Revision",
        "Last-Trans",
        "Language-Team",
        "Generated-By",
    )
)
"""Header lines that are irrelevant here, or change by themselves."""
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to translate, and where it occurs."""

    id: str | tuple[str, str]
    """The text itself; for plurals, singular and plural."""
    place: tuple[str, int]


def texts() -> Iterator[Text]:
    """Every text, from code and data."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _of_code(path)
    for path in sorted(
        [*(PACKAGE / "coach" / "exercises").glob("*.toml"), *(PACKAGE / "coach" / "routines").glob("*.toml")]
    ):
        place = path.relative_to(ROOT).as_posix(), 0
        yield from (Text(one, place) for one in _of_data(tomllib.loads(path.read_text(encoding="utf-8"))))
    yield from _of_tables()


def _of_code(path: Path) -> Iterator[Text]:
    """The constants passed to these functions. Babel's own extractor does not see those in `a if … else b`."""
    name = path.relative_to(ROOT).as_posix()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        called = getattr(call.func, "id", getattr(call.func, "attr", ""))
        wanted = [call.args[at] for at in _IN_CODE.get(called, ()) if at < len(call.args)]
        listed = [list(constants(argument)) for argument in wanted]
        if len(listed) == 2:
            yield from (Text((one, many), (name, call.lineno)) for one, many in zip(*listed, strict=True))
        else:
            yield from (Text(one, (name, call.lineno)) for found in listed for one in found)


def constants(argument: ast.expr) -> Iterator[str]:
    """The texts that an argument may be, as far as they are literals."""
    match argument:
        case ast.Constant(value=str() as text) if text:
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*constants(body), *constants(orelse))
        case ast.BoolOp(values=values):
            for value in values:
                yield from constants(value)
        case ast.Subscript(value=ast.Dict(values=values)):
            for value in values:
                yield from constants(value)


def _of_data(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _of_data(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_data(inner, key)
    elif isinstance(value, str) and key in _SHOWN_KEYS:
        yield value


def _of_tables() -> Iterator[Text]:
    """Texts built at run time from names and declarations."""
    from typer.main import get_command

    from posturecam import cli
    from posturecam.coach.cues import side_texts
    from posturecam.coach.judging.framing import PARTS
    from posturecam.coach.library import read_exercise
    from posturecam.coach.stretch_measures import MEASURES, unit_text
    from posturecam.commands import help as help_pages
    from posturecam.config.declarations import entries
    from posturecam.config.settings import Settings
    from posturecam.desktop.pages.settings.rows import first_paragraph
    from posturecam.desktop.pages.settings.words import plain_label, unit_of
    from posturecam.posture.measures import Name
    from posturecam.vision.pose import Landmark

    settings = Settings()
    declared = [(entry.text, entry.source, plain_label(entry.key), unit_of(entry)) for entry in entries(settings)]
    groups = [first_paragraph(getattr(settings, group)) for group in Settings.model_fields]
    packed = [read_exercise(path) for path in sorted((PACKAGE / "coach" / "exercises").glob("*.toml"))]
    tables: dict[str, list[str]] = {
        "cli.py": list(help_pages.texts(get_command(cli.app))),
        "config/settings.py": [*(text for one in declared for text in one), *groups],
        "posture/measures.py": [name.spoken for name in Name],
        "vision/pose.py": [f"your {landmark.spoken}" for landmark in Landmark],
        "coach/judging/framing.py": [f"your {part}" for part in PARTS],
        "coach/exercise.py": [one.as_variant(name).title for one in packed for name in one.variants],
        "coach/cues.py": [text for one in packed if one.names_sides for text in side_texts(one)],
        "coach/stretch_measures.py": [unit_text(one.unit) for one in MEASURES.values() if one.unit != "°"],
    }
    for name, listed in tables.items():
        yield from (Text(one, (f"posturecam/{name}", 0)) for one in listed if one)


# The files.


def template() -> Catalog:
    """All texts without a translation."""
    made = Catalog(header_comment=_HEADER, charset="utf-8", fuzzy=False)
    for text in texts():
        if any(map(_has_something, _listed(text.id))):
            made.add(text.id, locations=[text.place])
    return made


def _has_something(text: str) -> bool:
    """Whether there is anything to translate: words, or what stands between two values, since Chinese has its own punctuation and no spaces."""
    try:
        said = "".join(literal for literal, *_ in string.Formatter().parse(text))
    except ValueError:
        said = text
    values = len(placeholders(text))
    return any(map(str.isalpha, said)) or not values or any(one in _PUNCTUATION for one in said) or values > 1


def po_path(language: str) -> Path:
    """The file with a language's translations."""
    return FOLDER / language / "LC_MESSAGES" / "posturecam.po"


def catalog(language: str) -> Catalog:
    """A language's translations; empty if there is no file yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, header_comment=_HEADER, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(made: Catalog) -> bytes:
    """The catalog in gettext's binary format."""
    made.creation_date = made.revision_date = _NO_DATE
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


def words_of(compiled_catalog: bytes) -> dict[str, str]:
    """The texts as gettext would return them; different versions of Babel compile the same texts to different bytes."""
    read = read_mo(io.BytesIO(compiled_catalog))
    return {str(message.id): str(message.string) for message in read if message.id}


def update() -> None:
    """Collect the texts and bring all files up to date."""
    found = template()
    _write(FOLDER / "posturecam.pot", found)
    for language in LANGUAGES:
        made = catalog(language)
        made.update(found, no_fuzzy_matching=True, update_creation_date=False, update_header_comment=True)
        made.fuzzy = False
        made.obsolete.clear()
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        _write(po_path(language), made)
    compile_all()


def _write(path: Path, made: Catalog) -> None:
    out = io.BytesIO()
    # No line numbers, dates and versions: a file changes only if a text does.
    write_po(out, made, width=120, sort_output=True, include_lineno=False, omit_header=False)
    kept = [line for line in out.getvalue().splitlines() if not line.startswith(_UNKEPT)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(kept).rstrip() + b"\n")


def compile_all() -> None:
    """Compile the files that the program reads."""
    for language in LANGUAGES:
        po_path(language).with_suffix(".mo").write_bytes(compiled(catalog(language)))


# The check.


def problems() -> Iterator[str]:
    """What is missing or wrong, one line each."""
    found = template()
    for language in LANGUAGES:
        made = catalog(language)
        for message in found:
            if message.id:
                kept = made.get(message.id[0] if isinstance(message.id, tuple) else message.id)
                yield from (f"{language}: {problem}" for problem in problems_of(message, kept, made.num_plurals))
        mo = po_path(language).with_suffix(".mo")
        if not mo.exists() or words_of(mo.read_bytes()) != words_of(compiled(made)):
            yield f"{language}: {mo.name} is older than {mo.stem}.po; run: python -m tools.texts compile"


def problems_of(message: Message, kept: Message | None, plurals: int) -> Iterator[str]:
    """What is wrong with, or missing from, the translation of one text."""
    originals = _listed(message.id)
    if kept is None or kept.fuzzy:
        yield f"{originals[0]!r} is missing; run: python -m tools.texts update"
        return
    strings = _listed(kept.string)
    if len(strings) != (plurals if len(originals) > 1 else 1) or not all(strings):
        yield f"{originals[0]!r} is not translated"
        return
    for text in strings:
        if all(placeholders(text) != placeholders(original) for original in originals):
            yield f"{originals[0]!r} has other placeholders than {text!r}"
        if text != text.strip() and not any(original != original.strip() for original in originals):
            yield f"{text!r} has spaces around it that {originals[0]!r} has not"


def _listed(text: Any) -> list[str]:
    """One text, or its singular and plural."""
    return list(text) if isinstance(text, tuple | list) else [text or ""]


def placeholders(text: str) -> list[str]:
    """The names in braces, with their formats."""
    try:
        return sorted(f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return [text]


def check() -> int:
    """Print what is missing; returns the exit code."""
    listed = list(problems())
    print("\n".join(listed) or f"All {len(template())} texts are translated into {', '.join(LANGUAGES)}.")
    return 1 if listed else 0


_COMMANDS: Mapping[str, Callable[[], int | None]] = {"update": update, "check": check, "compile": compile_all}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.texts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=_COMMANDS)
    return _COMMANDS[parser.parse_args(arguments).command]() or 0


if __name__ == "__main__":
    sys.exit(main())
