"""The structure of the program, read from its imports, and the guarantees that follow from it."""

import ast
import contextlib
import importlib.metadata
import math
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import posturecam

PACKAGE = Path(posturecam.__file__).parent
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}
ROOMS = (
    ("i18n",), ("errors",), ("config",), ("vision",), ("posture",), ("drawing",), ("coach",), ("alerts", "voice", "system"),
    ("history",), ("analysis",), ("session",), ("terminal",), ("desktop",), ("commands",), ("cli",), ("__main__",),
)  # fmt: skip
"""The layers from the bottom up: imports point down, and not sideways. `docs/how-it-works.md` draws them."""
DESKTOP = ("widgets", "pictures", "alerts", "pages", "shell")
"""The same within the desktop app."""
NOT_PURE = ("posture/learned/weights",)
"""The exception in the package posture: it reads the weights."""
PURE = (
    *sorted(name for name in MODULES if name.startswith(("posture/", "coach/judging/", "coach/formulas/")) and name not in NOT_PURE),
    "alerts/explanation", "alerts/learning", "alerts/policy", "alerts/text", "coach/breaks/choice", "coach/breaks/pacing", "coach/condition", "coach/cues", "coach/events", "coach/exercise", "coach/nearness", "coach/pose_geometry", "coach/presentation/descriptions", "coach/routine", "coach/safety", "coach/session_summary", "coach/stretch_measures", "config/declarations", "config/settings", "drawing/comparison", "errors", "history/models", "history/periods", "history/progress/goal", "history/valid_rows", "i18n/languages", "i18n/message", "i18n/weekdays", "i18n/words", "session/protocol/mode", "session/protocol/sign", "session/rules/breaks", "session/rules/repeats", "session/rules/silence", "session/rules/weekly_plan", "system/state", "vision/camera_place", "vision/face/canonical", "vision/follow", "vision/frame", "vision/geometry", "vision/head", "vision/orientation", "vision/pose", "vision/scene", "vision/search/likeness", "vision/search/pursuit", "vision/search/tiles", "voice/chimes", "voice/sound", "voice/speaking_time",
)  # fmt: skip
CLOCKLESS = (
    *PURE,
    "coach/presentation/coach_view",
    "coach/presentation/session_record",
    "session/rules/desk",
    "session/core",
    "session/protocol/commands",
    "session/protocol/messages",
    "session/timeline",
)
"""Modules that take time as an argument; those that are not pure refer to the coach's ticks, whose module has a lock for the
user's keys."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file's syntax tree."""
    return tuple(ast.walk(parsed(path)))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, anywhere in it."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def importers(*roots: str) -> set[str]:
    return {name for name, path in MODULES.items() if any(one.split(".")[0] in roots for one in imports(path))}


def own_imports(name: str) -> set[str]:
    """The project's own modules that a module imports, such as "posture/assess"."""
    found = {
        one.removeprefix("posturecam.").replace(".", "/")
        for one in imports(MODULES[name])
        if one.startswith("posturecam.")
    }
    return {
        one if one in MODULES else f"{one}/__init__" for one in found if one in MODULES or f"{one}/__init__" in MODULES
    }


def room(name: str) -> str:
    return name.split("/")[0]


def test_imports_point_down():
    level = {one: height for height, rooms in enumerate(ROOMS) for one in rooms}
    assert {room(name) for name in MODULES} - {"__init__"} == set(level), "a new package needs its place in ROOMS"
    wrong = [
        f"{name} imports {one}"
        for name in MODULES
        for one in own_imports(name)
        if name != "__init__"  # the public API imports what it offers on first use
        and room(one) != room(name)
        and room(one) != "__init__"
        and level[room(one)] >= level[room(name)]
    ]
    assert wrong == []


def test_imports_point_down_within_the_desktop_app():
    def floor(name: str) -> int:
        return DESKTOP.index(name.split("/")[1])

    modules = [name for name in MODULES if name.startswith("desktop/") and name.count("/") > 1]
    wrong = [
        f"{name} imports {one}"
        for name in modules
        for one in own_imports(name)
        if one in modules and floor(one) > floor(name)
    ]
    assert wrong == []


def test_no_import_goes_round_in_a_circle():
    waiting = {name: own_imports(name) - {name} for name in MODULES if not name.endswith("__init__")}
    waiting = {name: {one for one in needed if one in waiting} for name, needed in waiting.items()}
    while free := [name for name, needed in waiting.items() if not needed]:
        for name in free:
            del waiting[name]
        for needed in waiting.values():
            needed.difference_update(free)
    assert waiting == {}


def test_no_class_name_is_used_twice():
    names = [node.name for path in MODULES.values() for node in nodes(path) if isinstance(node, ast.ClassDef)]
    assert sorted(name for name, count in Counter(names).items() if count > 1) == []


def test_folders_stay_small_enough_to_scan():
    folders = Counter(
        path.parent.relative_to(PACKAGE).as_posix() for name, path in MODULES.items() if not name.endswith("__init__")
    )
    del folders["commands"]  # one file for each command
    assert {name: count for name, count in folders.items() if count > 12} == {}


def test_mediapipe_lives_in_one_module():
    assert importers("mediapipe") == {"vision/landmarkers"}


def test_cameras_are_opened_in_one_module():
    assert importers("cv2_enumerate_cameras") == {"vision/sources/camera"}
    opens = {name for name, path in MODULES.items() if "VideoCapture(" in path.read_text()}
    files_only = {"vision/sources/video", "vision/sources/sizes", "analysis/results"}
    assert opens - files_only == {"vision/sources/camera", "vision/sources/network"}


def test_opencv_is_only_where_pictures_are_read_modeled_or_drawn():
    allowed = {
        "vision/landmarkers",
        "vision/face/finder",
        "drawing/canvas",
        "analysis/results",
        "commands/demo",
        "commands/stretch",
    }
    assert {name for name in importers("cv2") if not name.startswith("vision/sources/")} <= allowed


def test_speech_and_sound_are_each_in_one_module():
    assert importers("pyttsx3") == {"voice/worker"}
    assert importers("miniaudio") == {"voice/player"}


def test_databases_are_opened_in_the_history_only():
    assert {name.partition("/")[0] for name in importers("sqlite3")} == {"history"}


def test_qt_is_nowhere_but_in_its_folder():
    assert {name for name in importers("PySide6") if not name.startswith("desktop/")} == set()


@pytest.mark.parametrize("name", CLOCKLESS)
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
    if name in ("config/settings", "alerts/policy"):
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
    """Except OpenCV, at the address of a camera typed by the user; `urllib.parse` only parses such an address."""
    assert importers("socket", "http", "requests", "aiohttp", "ssl", "ftplib", "smtplib") == set()
    named = {one for path in MODULES.values() for one in imports(path) if one.startswith("urllib")}
    assert {one for one in named if not one.startswith("urllib.parse")} == set()


def test_the_model_library_cannot_reach_its_vendor():
    code = "import os; os.environ['no_proxy']='*'; import posturecam.vision.estimator; print(os.environ['https_proxy'], os.environ.get('no_proxy'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["http://127.0.0.1:9", "None"]


def test_exactly_one_distribution_owns_cv2():
    owners = [
        distribution.metadata["Name"]
        for distribution in importlib.metadata.distributions()
        if any(str(file).startswith("cv2/__init__") for file in distribution.files or ())
    ]
    assert owners == ["opencv-contrib-python"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the time of processes that have ended")
def test_help_does_not_pay_for_the_model():
    """`posturecam --help` takes less than 0.3 of the processor time of `import mediapipe`: if not at once, the better of two each, alternating."""

    def cost(*arguments: str) -> float:
        began = os.times()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        ended = os.times()
        return ended.children_user + ended.children_system - began.children_user - began.children_system

    help_ = library = math.inf
    for _ in range(2):
        help_ = min(help_, cost("-m", "posturecam", "--help"))
        library = min(library, cost("-c", "import mediapipe"))
        if help_ < 0.3 * library:
            break
    assert help_ < 0.3 * library


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv=['posturecam','--help']\ntry:\n import posturecam.__main__ as m; m.main()\nexcept SystemExit: pass\nprint([n for n in ('numpy','cv2','mediapipe','pydantic','matplotlib') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")


def test_the_process_that_speaks_loads_no_more_than_speech():
    code = "import sys, posturecam.voice.worker; print([n for n in ('numpy', 'pydantic', 'posturecam.coach') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


NOT_AT_THE_START = (
    "typer", "rich", "mediapipe", "numpy", "cv2", "PIL", "asyncio", "sqlite3", "posturecam.alerts", "posturecam.coach", "posturecam.history", "posturecam.posture",
    "posturecam.session.core", "posturecam.session.runner", "posturecam.session.protocol.messages", "posturecam.system", "posturecam.vision",
    "posturecam.desktop.alerts", "posturecam.desktop.pages", "posturecam.desktop.pictures", "posturecam.desktop.shell.window_manager",
)  # fmt: skip
"""Modules for which the app's tray icon does not wait."""


UNTIL_ITS_ICON = """
import sys
from posturecam.__main__ import main
from posturecam.desktop import start

names, sys.argv[1:] = sys.argv[1:], ["desktop", "--minimized"]

def show(tray_wanted):
    print(*(name for name in names if name in sys.modules))
    sys.exit()

start.StatusIndicator = show
main()
"""


def test_the_app_shows_its_tray_icon_before_it_imports_what_only_others_need(own_home):
    pytest.importorskip("PySide6")
    said = subprocess.run(
        [sys.executable, "-c", UNTIL_ITS_ICON, *NOT_AT_THE_START], capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == []


def is_private(name: object) -> bool:
    """Whether a name, or the last part of a dotted one, is private."""
    last = name.rpartition(".")[2] if isinstance(name, str) else ""
    return last.startswith("_") and not last.startswith("__")


def is_private_part(node: ast.AST) -> bool:
    """Whether this accesses a private attribute of another object, by a dot or by its name."""
    if isinstance(node, ast.Attribute):
        return is_private(node.attr) and ast.unparse(node.value) not in ("self", "os")
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in (
        "setattr",
        "getattr",
        "delattr",
    ):
        return False
    named = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
    return any(is_private(one) for one in named) and ast.unparse(node.args[0]) != "self"


def private_parts(path: Path) -> list[str]:
    """Where a file accesses private attributes of other objects."""
    return [f"{path.name}:{node.lineno}: {ast.unparse(node)}" for node in nodes(path) if is_private_part(node)]


@pytest.mark.parametrize(
    ("code", "private"),
    [
        ("app.·last", True),
        ("self.·last", False),
        ('monkeypatch.setattr(app, "·last", 1)', True),
        ('monkeypatch.setattr("posturecam.app.·last", 1)', True),
        ('getattr(app, "·last")', True),
        ('monkeypatch.setattr(app, "last", 1)', False),
        ('setattr(self, "·last", 1)', False),
        ("monkeypatch.setattr(app, '··name··', 1)", False),
    ],
)
def test_private_parts_are_found_however_they_are_named(code, private):
    """A middle dot stands for an underscore, so that a search of the tests for private attributes finds none here."""
    assert is_private_part(ast.parse(code.replace("·", "_"), mode="eval").body) is private


def test_tests_speak_of_behavior_and_not_of_private_parts():
    files = sorted(Path(__file__).parent.rglob("*.py"))
    assert [found for path in files for found in private_parts(path)] == []


def is_command(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether this is a command of the command line; its help is its documentation."""
    decorators = (one for one in node.decorator_list if isinstance(one, ast.Call))
    return any(argument.arg == "help" for one in decorators for argument in one.keywords)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_public_thing_is_documented(name):
    tree, everything = parsed(MODULES[name]), nodes(MODULES[name])
    assert ast.get_docstring(tree)
    undocumented = [
        node.name
        for node in everything
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not is_command(node)
    ]
    inner = {
        n.name
        for f in everything
        if isinstance(f, ast.FunctionDef)
        for n in ast.walk(f)
        if n is not f and isinstance(n, ast.FunctionDef)
    }
    private = {
        n.name
        for c in everything
        if isinstance(c, ast.ClassDef)
        and (c.name.startswith("_") or any("Protocol" in ast.dump(base) for base in c.bases))
        for n in c.body
        if isinstance(n, ast.FunctionDef)
    }
    assert set(undocumented) - inner - private == set()


def test_modules_stay_small_enough_to_read():
    lines = {name: len(path.read_text().splitlines()) for name, path in MODULES.items()}
    del lines["config/settings"]  # a list of declarations, not logic
    assert {name: count for name, count in lines.items() if count > 500} == {}


def programs(path: Path) -> list[ast.Module]:
    """The programs that a file holds as texts, to be run in processes of their own."""
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "from posturecam" in node.value:
            with contextlib.suppress(SyntaxError):
                found.append(ast.parse(node.value))
    return found


def offers(module: str, name: str) -> bool:
    """Whether a module of the program, such as "posturecam.history", defines a name, names it in `__all__`, or holds a module of that name."""
    inner = module.removeprefix("posturecam").lstrip(".").replace(".", "/")
    if f"{inner}/{name}".lstrip("/") in MODULES or f"{inner}/{name}/__init__".lstrip("/") in MODULES:
        return True
    source = MODULES.get(inner) or MODULES.get(f"{inner}/__init__".lstrip("/"))
    if source is None:
        return False
    stored = (node.id for node in nodes(source) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    defined = (node.name for node in nodes(source) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    texts = (node.value for node in nodes(source) if isinstance(node, ast.Constant))
    return name in {*stored, *defined, *texts}


def test_programs_in_tests_import_what_there_is():
    """One that ends with an ImportError may look like one that did nothing wrong."""
    asked = [
        (path.name, node.module or "", alias.name)
        for path in sorted(Path(__file__).parent.rglob("*.py"))
        for program in programs(path)
        for node in ast.walk(program)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "posturecam"
        for alias in node.names
    ]
    assert len(asked) > 5
    assert [one for one in asked if not offers(*one[1:])] == []
