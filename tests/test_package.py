"""What is installed is what was tested: the wheel carries the models and the demo clip, and works elsewhere."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from command_line import assert_shows_the_demo
from places import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (built,) = out.glob("*.whl")
    return built


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


DATA = (
    "models/face_landmarker.task",
    "models/pose_landmarker_lite.task",
    "models/pose_landmarker_full.task",
    "models/posture_estimator.npz",
    "sample_videos/desk_front.mp4",
)
"""Files at the top of the repository that are included in the wheel."""


def test_the_wheel_holds_the_package_its_data_and_nothing_else(wheel):
    package = ROOT / "posturecam"
    own = {path.relative_to(ROOT).as_posix() for path in package.rglob("*") if path.is_file()}
    own = {name for name in own if "__pycache__" not in name}
    names = contents(wheel)
    described = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - described == own | {f"posturecam/_data/{name}" for name in DATA}
    assert any(name.endswith("licenses/LICENSE") for name in described)
    assert any(name.endswith("entry_points.txt") for name in described)


def test_the_wheel_carries_models_clip_exercises_texts_and_types(wheel):
    names = contents(wheel)
    for wanted in DATA:
        packed = zipfile.ZipFile(wheel).read(f"posturecam/_data/{wanted}")
        assert packed == (ROOT / wanted).read_bytes()
    assert "posturecam/py.typed" in names
    assert {f"posturecam/i18n/locale/{language}/LC_MESSAGES/posturecam.mo" for language in ("de", "es", "zh")} <= names
    for name in ("childs_pose.toml", "desk_break.toml", "posturecam.svg"):
        assert [one for one in names if one.endswith(f"/{name}")], name


def test_the_wheel_carries_nothing_of_the_tests(wheel):
    strays = ("fakes", "conftest", "test", "heavy")
    assert sorted(name for name in contents(wheel) if any(stray in name for stray in strays)) == []


def test_the_installed_wheel_runs_the_demo_elsewhere(wheel, tmp_path):
    """In a separate environment that shares only the dependencies, from a folder without the checkout."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    site = next(home.glob("lib/python*/site-packages")) if sys.platform != "win32" else home / "Lib" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    lent = [path for path in sys.path if path.endswith("site-packages")]
    (site / "lent.pth").write_text("\n".join(lent))
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    where = [str(python), "-I", "-c", "import posturecam; print(posturecam.__file__)"]
    found = subprocess.run(where, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert Path(found.strip()).is_relative_to(home)
    demo = [str(python), "-I", "-m", "posturecam", "demo", "--fast", "--no-window"]
    done = subprocess.run(demo, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert_shows_the_demo(done.stdout)


def test_ci_runs_the_two_commands_of_the_readme():
    readme, run = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line.strip() for line in readme.splitlines() if line.startswith("    python3 -m venv .venv && ")]
    first, developer = (command.replace(".venv/bin/", "").split(" && ") for command in commands)
    assert first == ["python3 -m venv .venv", "pip install .", "posturecam demo"]
    assert 'pip" install --quiet . ' in run
    assert 'posturecam" demo' in run
    _, locked, own, tests = developer
    assert locked == "pip install -r requirements/dev.txt"
    assert locked.replace("pip install", 'pip" install --quiet') in run
    assert own == "pip install --no-deps --no-build-isolation -e ."
    assert own.replace("pip install", 'pip" install --quiet') in run
    assert tests == "pytest"
    assert '"$locked/bin/pytest"' in run
