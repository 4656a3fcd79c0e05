"""Starting with the session, and being found in the menus."""

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from posturecam.errors import SettingsError
from posturecam.system.autostart import LinuxAutostart, MacAutostart, NullAutostart, open_autostart
from posturecam.system.launcher import (
    config_home,
    data_home,
    desktop_entry,
    install_desktop_entry,
    launch_command,
    remove_desktop_entry,
)

COMMAND = ["/opt/my tools/posturecam", "--minimized"]
AWKWARD = ["/a b/x", 'say "hi"', "50%", "$HOME`ls`", "back\\slash", "", "semi;colon", "ünï"]


@pytest.fixture(params=[LinuxAutostart, MacAutostart])
def autostart(request, tmp_path):
    return request.param(tmp_path / "not/there/yet")


@pytest.fixture
def installed(tmp_path):
    """A command whose program exists, in a folder whose name needs quotes."""
    program = tmp_path / "my 100% $tools/posturecam"
    program.parent.mkdir()
    program.touch()
    return [str(program), "--minimized"]


def test_it_is_switched_on_and_off_again(autostart, installed):
    assert not autostart.enabled()
    autostart.disable()
    autostart.enable(installed)
    assert autostart.enabled()
    autostart.enable(installed)
    assert Path(autostart.where).is_file()
    autostart.disable()
    assert not autostart.enabled()
    assert list(Path(autostart.where).parent.iterdir()) == []


def test_an_entry_whose_program_is_gone_is_off(autostart, installed):
    autostart.enable(installed)
    Path(installed[0]).unlink()
    assert not autostart.enabled()
    Path(installed[0]).touch()
    assert autostart.enabled()


@pytest.mark.parametrize("program", ["posturecam", "env"])
def test_a_program_that_the_session_looks_up_counts_as_there(autostart, program):
    autostart.enable([program, "--minimized"])
    assert autostart.enabled()


@pytest.mark.skipif(sys.platform == "win32", reason="no file there is named like this")
@pytest.mark.parametrize("name", ['say "hi"', "50%", "$HOME`ls`", "back\\slash", "semi;colon", "ünï", "two\nlines"])
def test_a_program_is_found_whatever_its_name(autostart, tmp_path, name):
    (tmp_path / name).touch()
    autostart.enable([str(tmp_path / name), "--minimized"])
    assert autostart.enabled()
    (tmp_path / name).unlink()
    assert not autostart.enabled()


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for autostart in (LinuxAutostart(tmp_path / "file"), MacAutostart(tmp_path / "file")):
        with pytest.raises(SettingsError, match="cannot be written"):
            autostart.enable(COMMAND)
        assert not autostart.enabled()


def test_a_note_that_cannot_be_removed_is_reported(tmp_path):
    (tmp_path / "posturecam.desktop").mkdir()
    with pytest.raises(SettingsError, match="cannot be removed"):
        LinuxAutostart(tmp_path).disable()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = True"])
def test_what_the_desktops_own_settings_switched_off_is_off(tmp_path, installed, line):
    autostart = LinuxAutostart(tmp_path)
    autostart.enable(installed)
    path = Path(autostart.where)
    path.write_text(path.read_text().replace("X-GNOME-Autostart-enabled=true", line))
    assert not autostart.enabled()
    autostart.enable(installed)
    assert autostart.enabled()


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"<plist>", b"\xff\xfe", plistlib.dumps([]), plistlib.dumps({"Disabled": True})]
)
def test_a_damaged_or_disabled_launch_agent_is_off(tmp_path, content):
    (tmp_path / "posturecam.plist").write_bytes(content)
    assert not MacAutostart(tmp_path).enabled()


def test_the_launch_agent_starts_the_command_at_login(tmp_path):
    autostart = MacAutostart(tmp_path)
    autostart.enable(COMMAND)
    agent = plistlib.loads(Path(autostart.where).read_bytes())
    assert agent["ProgramArguments"] == COMMAND
    assert agent["RunAtLoad"] is True
    assert "KeepAlive" not in agent


def test_each_platform_has_its_way():
    assert isinstance(open_autostart("linux"), LinuxAutostart)
    assert isinstance(open_autostart("darwin"), MacAutostart)
    unknown = open_autostart("sunos5")
    assert isinstance(unknown, NullAutostart)
    assert not unknown.enabled()
    unknown.disable()
    with pytest.raises(SettingsError, match="add it to your startup programs yourself"):
        unknown.enable(COMMAND)


def test_the_users_own_folders_are_used(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert LinuxAutostart().where == str(tmp_path / "autostart/posturecam.desktop")
    assert config_home({"HOME": "/home/ada"}) == Path("/home/ada/.config")
    assert config_home({"HOME": "/home/ada", "XDG_CONFIG_HOME": "relative"}) == Path("/home/ada/.config")
    assert data_home({"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}) == Path("/data")


# What is started


def test_the_console_script_beside_the_interpreter_is_started(tmp_path):
    python = tmp_path / "python"
    assert launch_command(executable=str(python)) == [str(python), "-P", "-m", "posturecam"]
    (tmp_path / "posturecam").touch()
    assert launch_command(minimized=True, executable=str(python)) == [str(tmp_path / "posturecam"), "--minimized"]


# The entry


def arguments(entry):
    """The arguments of Exec, parsed by the specification's rules."""
    line = next(line for line in entry.splitlines() if line.startswith("Exec="))
    text = line.removeprefix("Exec=").replace("\\\\", "\0").replace("\\s", " ").replace("\0", "\\")
    found, inner, quoted, begun, signs = [], "", False, False, iter(text)
    for sign in signs:
        if sign == '"':
            quoted, begun = not quoted, True
        elif sign == "\\" and quoted:
            inner += next(signs)
        elif sign == " " and not quoted:
            found, inner, begun = [*found, inner] if begun else found, "", False
        else:
            inner, begun = inner + sign, True
    return [part.replace("%%", "%") for part in [*found, inner]]


@pytest.mark.parametrize("command", [COMMAND, AWKWARD, ["posturecam"]])
def test_the_arguments_come_through_whatever_they_are(command):
    assert arguments(desktop_entry(command)) == command


def test_the_comment_is_there_in_each_language():
    entry = desktop_entry(COMMAND)
    assert all(f"Comment{language}=" in entry for language in ("", "[de]", "[es]", "[zh_CN]"))


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="there is no desktop-file-validate")
@pytest.mark.parametrize("autostart", [False, True])
@pytest.mark.parametrize("command", [COMMAND, AWKWARD])
def test_the_entry_is_valid(tmp_path, autostart, command):
    path = tmp_path / "posturecam.desktop"
    path.write_text(desktop_entry(command, autostart=autostart), encoding="utf-8")
    done = subprocess.run(["desktop-file-validate", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_menus_get_entry_and_icon_and_lose_them_again(tmp_path):
    icon = tmp_path / "icon.svg"
    icon.write_text("<svg/>")
    entry = install_desktop_entry(icon, COMMAND, data=tmp_path / "share")
    image = tmp_path / "share/icons/hicolor/scalable/apps/posturecam.svg"
    assert arguments(entry.read_text()) == COMMAND
    assert "Icon=posturecam\n" in entry.read_text()
    assert image.read_text() == "<svg/>"
    assert entry.stat().st_mode & 0o777 == 0o644 or sys.platform == "win32"
    remove_desktop_entry(data=tmp_path / "share")
    remove_desktop_entry(data=tmp_path / "share")
    assert not entry.exists()
    assert not image.exists()


def test_an_icon_that_is_missing_leaves_the_menus_as_they_were(tmp_path):
    with pytest.raises(SettingsError, match=r"none.svg cannot be read \(no such file or folder\); install"):
        install_desktop_entry(tmp_path / "none.svg", COMMAND, data=tmp_path / "share")
    assert not (tmp_path / "share").exists()
