"""The tested versions are the locked ones: the lock agrees with pyproject.toml, for every supported system and Python."""

import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from places import ROOT

from tools.lock import EXTRAS, LOCK

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRA_REQUIREMENTS = PROJECT["project"]["optional-dependencies"]
TEXT = LOCK.read_text(encoding="utf-8")

SYSTEMS = {
    "linux": {"os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
    "darwin": {"os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
    "win32": {"os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def requirements(texts):
    """The requirements that name another project: posturecam's own extras stand for their contents."""
    return [one for one in map(Requirement, texts) if one.name != "posturecam"]


def entries():
    """Each locked version, and the lines of its hashes."""
    logical = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", TEXT))
    for line in filter(None, map(str.strip, logical.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        yield Requirement(requirement), hashes


def environment(system, python):
    """The values of the environment markers there."""
    here = {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": system, "extra": ""}
    implementation = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    return {**default_environment(), **SYSTEMS[system], **here, **implementation}


def applies(requirement, where):
    return requirement.marker is None or requirement.marker.evaluate(where)


ALL = requirements(
    [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(text for texts in EXTRA_REQUIREMENTS.values() for text in texts),
    ]
)


@pytest.mark.parametrize("requirement", ALL, ids=str)
def test_every_dependency_is_bounded_above_and_below(requirement):
    operators = {specifier.operator for specifier in requirement.specifier}
    assert {">=", "<"} <= operators


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_one_version_of_each_is_locked_and_within_its_bounds(system, python):
    where = environment(system, python)
    locked = {}
    for entry, _ in entries():
        if applies(entry, where):
            assert canonicalize_name(entry.name) not in locked, entry
            (pinned,) = entry.specifier
            assert pinned.operator == "=="
            locked[canonicalize_name(entry.name)] = pinned.version
    wanted = PROJECT["project"]["dependencies"] + [text for extra in EXTRAS for text in EXTRA_REQUIREMENTS[extra]]
    for requirement in requirements([*wanted, *PROJECT["build-system"]["requires"]]):
        if applies(requirement, where):
            version = locked[canonicalize_name(requirement.name)]
            assert version in requirement.specifier, f"{requirement} but {version} is locked: run python -m tools.lock"


def test_every_locked_version_has_hashes():
    assert [
        entry for entry, hashes in entries() if not hashes or not all(one.startswith("sha256:") for one in hashes)
    ] == []


def test_the_lock_names_no_address_no_path_and_not_this_project():
    """An index's address or a local folder would be of no use to anybody else; posturecam is installed from the checkout."""
    assert "://" not in TEXT
    assert not re.search(r"(?m)^\s*-(?!-hash=)", TEXT)  # options, such as --index-url or --find-links
    assert not re.search(r"(?<![\w.])(?:/|~/|[A-Z]:\\)\w", TEXT)
    assert "posturecam" not in {entry.name for entry, _ in entries()}
