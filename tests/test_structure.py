"""The shape of the program, read from its imports, and the promises that follow from it."""

import ast
import importlib.metadata
import subprocess
import sys
import time
from pathlib import Path

import pytest

import posturecam

PACKAGE = Path(posturecam.__file__).parent
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}
PURE = (
    "errors", "geometry", "pose", "frame", "measures", "view", "baseline", "assess", "calibration", "monitor", "follow", "pace",
    "loop", "settings", "serialize", "learned/features", "learned/model", "learned/decision",
    "alerts/policy", "alerts/text", "voice/chimes", "voice/sound",
    "stretch/telling", "stretch/exercise", "stretch/measures", "stretch/seen", "stretch/turn", "stretch/events", "stretch/coach", "stretch/cues",
    "stretch/judge", "stretch/state", "stretch/summary", "stretch/safety", "stretch/framing",
    "boundary", "evidence", "history/kept", "history/periods", "system/state",
    "engine/mode", "engine/breaks", "engine/quiet", "words", "patterns",
    "vision/head", "vision/canonical_face", "posture/front_measures", "posture/front",
)  # fmt: skip


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def importers(*roots: str) -> set[str]:
    return {name for name, path in MODULES.items() if any(one.split(".")[0] in roots for one in imports(path))}


def test_mediapipe_lives_in_one_module():
    assert importers("mediapipe") == {"estimator"}


def test_cameras_are_opened_in_one_module():
    assert importers("cv2_enumerate_cameras") == {"camera"}
    opens = {name for name, path in MODULES.items() if "VideoCapture(" in path.read_text()}
    files_only = {"sources/video", "analyze/results"}
    assert opens - files_only == {"camera"}


def test_opencv_is_only_where_pictures_are_read_modelled_or_drawn():
    allowed = {
        "estimator",
        "vision/face",
        "camera",
        "pen",
        "analyze/results",
        "fakes",
        "commands/demo",
        "commands/stretch",
    }
    assert {name for name in importers("cv2") if not name.startswith("sources/")} <= allowed


def test_speech_and_sound_are_each_in_one_module():
    assert importers("pyttsx3") == {"voice/worker"}
    assert importers("miniaudio") == {"voice/player"}


def test_databases_are_opened_in_the_history_only():
    assert {name.partition("/")[0] for name in importers("sqlite3")} == {"history"}


def test_qt_is_nowhere_but_in_its_folder():
    assert {name for name in importers("PySide6") if not name.startswith("desktop/")} == set()


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_have_no_clock_and_no_files(name):
    banned = {
        "time",
        "datetime.datetime.now",
        "os",
        "pathlib",
        "cv2",
        "mediapipe",
        "threading",
        "subprocess",
        "rich",
        "typer",
    }
    found = {one.split(".")[0] for one in imports(MODULES[name])}
    if name in ("settings", "alerts/policy"):
        banned -= {"datetime"}
    assert found & banned == set()
    assert ".now(" not in MODULES[name].read_text()


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_only_pure_modules(name):
    own = {
        one.removeprefix("posturecam.").replace(".", "/")
        for one in imports(MODULES[name])
        if one.startswith("posturecam.")
    }
    assert {one for one in own if one in MODULES} <= set(PURE)


def test_nothing_speaks_to_a_network():
    assert importers("socket", "http", "urllib", "requests", "aiohttp", "ssl", "ftplib", "smtplib") == set()


def test_the_model_library_cannot_reach_its_vendor():
    code = "import os; os.environ['no_proxy']='*'; import posturecam.estimator; print(os.environ['https_proxy'], os.environ.get('no_proxy'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["http://127.0.0.1:9", "None"]


def test_exactly_one_distribution_owns_cv2():
    owners = [
        distribution.metadata["Name"]
        for distribution in importlib.metadata.distributions()
        if any(str(file).startswith("cv2/__init__") for file in distribution.files or ())
    ]
    assert owners == ["opencv-contrib-python"]


def test_help_does_not_pay_for_the_model():
    """`posturecam --help` costs less than 0.3 of `import mediapipe`: the best of three each, in turn."""

    def cost(*arguments: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        return time.perf_counter() - began

    rounds = [(cost("-m", "posturecam", "--help"), cost("-c", "import mediapipe")) for _ in range(3)]
    assert min(help_ for help_, _ in rounds) < 0.3 * min(library for _, library in rounds)


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv=['posturecam','--help']\ntry:\n import posturecam.__main__ as m; m.main()\nexcept SystemExit: pass\nprint([n for n in ('numpy','cv2','mediapipe','pydantic','matplotlib') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_public_thing_is_documented(name):
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    undocumented = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    inner = {
        n.name
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef)
        for n in ast.walk(f)
        if n is not f and isinstance(n, ast.FunctionDef)
    }
    private = {
        n.name
        for c in ast.walk(tree)
        if isinstance(c, ast.ClassDef) and (c.name.startswith("_") or "Protocol" in ast.dump(c))
        for n in c.body
        if isinstance(n, ast.FunctionDef)
    }
    assert set(undocumented) - inner - private == set()


def test_modules_stay_small_enough_to_read():
    lines = {name: len(path.read_text().splitlines()) for name, path in MODULES.items()}
    del lines["settings"]  # a list of declarations, not logic
    assert {name: count for name, count in lines.items() if count > 500} == {}
