"""What is installed is what was tested: the wheel carries the models and the demo clip, and works elsewhere."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, assert_shows_the_demo


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_carries_the_models_the_clip_and_the_licence(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "models/pose_landmarker_lite.task",
        "models/pose_landmarker_full.task",
        "sample_videos/desk_front.mp4",
    ):
        assert f"posturecam/_data/{wanted}" in names
        packed = zipfile.ZipFile(wheel).read(f"posturecam/_data/{wanted}")
        assert packed == (ROOT / wanted).read_bytes()
    assert "posturecam/py.typed" in names
    assert "posturecam/locale/de/LC_MESSAGES/posturecam.mo" in names
    assert "posturecam/desktop/icons/posturecam.svg" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "test" in name or "heavy" in name]


def test_the_installed_wheel_runs_the_demo_elsewhere(wheel, tmp_path):
    """In an environment of its own that lends only the dependencies, from a folder without the checkout."""
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


def test_the_two_commands_of_the_readme_are_those_that_ci_runs():
    readme, run = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install -e '.[dev]'" in readme
    assert "install --quiet -e '.[dev]'" in run
    assert ".venv/bin/pytest" in readme
    assert '"$venv/bin/pytest"' in run
