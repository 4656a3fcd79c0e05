"""The declarations of the settings, one by one, for listing, editing and documenting them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from posturecam.config.settings import Settings

_KINDS_OF_VALUES = (
    "name",
    "size",
    "list",
    "yes/no",
    "0–1",
    "ratio",
    "share",
    "time of day",
    "choice",
    "number",
    "language",
    "look",
)
"""Units in the declaration that describe the kind of value; people do not say them."""


@dataclass(frozen=True, slots=True)
class SettingDeclaration:
    """The declaration of one setting, with its current value."""

    key: str
    """`group.name`, as in the settings file without brackets."""
    value: Any
    default: Any
    unit: str
    """Unit of the value and of its limits, such as "s"; for what is no number, its kind, such as "yes/no"."""
    low: float | None
    """Lowest allowed value; None if there is no such limit, as for `high`."""
    high: float | None
    text: str
    """What it does, in English."""
    source: str
    """Where the default comes from: a measurement, a reference or a choice, in English."""
    choices: tuple[str, ...] = ()
    """The names allowed, if the choice is limited; otherwise empty."""

    @property
    def unit_for_people(self) -> str:
        """The unit as it stands after a number, in English; empty if there is none."""
        return "" if self.unit in _KINDS_OF_VALUES else self.unit


def entries(settings: Settings) -> Iterator[SettingDeclaration]:
    """Every setting, in the order of the declaration."""
    for group_name in type(settings).model_fields:
        group = getattr(settings, group_name)
        for name, field in type(group).model_fields.items():
            yield _entry(f"{group_name}.{name}", getattr(group, name), field)


def _entry(key: str, value: Any, field: FieldInfo) -> SettingDeclaration:
    extra: Any = field.json_schema_extra
    low: Any = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    high: Any = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    return SettingDeclaration(
        key,
        value,
        field.default,
        extra["unit"],
        low,
        high,
        field.description or "",
        extra["source"],
        tuple(name for name in _names(field.annotation) if name),
    )


def _names(kind: Any) -> tuple[str, ...]:
    """The names that a type allows, as itself or within a tuple."""
    if get_origin(kind) is Literal:
        return tuple(map(str, get_args(kind)))
    return next(filter(None, map(_names, get_args(kind))), ())


def value_of(settings: Settings, key: str) -> object:
    """The value of a setting given as `group.name`."""
    group, _, name = key.partition(".")
    return getattr(getattr(settings, group), name)
