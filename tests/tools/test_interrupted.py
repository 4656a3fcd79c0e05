"""Ctrl-C in a tool."""

import subprocess
import sys

import pytest
from places import ROOT


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_while_a_tool_is_still_importing_shows_no_traceback(tmp_path):
    """The interruption comes with the first import of a library."""
    (tmp_path / "babel").mkdir()
    (tmp_path / "babel" / "__init__.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    program = f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['-m']; runpy.run_module('tools.texts', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.returncode != 0
    assert (done.stdout, done.stderr) == ("", "interrupted\n")
