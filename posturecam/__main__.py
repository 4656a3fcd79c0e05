"""`posturecam` and `python -m posturecam`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; on any known trouble say one line and leave with its exit code, never a traceback.

    Ctrl-C where it is not the normal end leaves with 130, which typer does by itself.
    """
    from posturecam.cli import app
    from posturecam.errors import PosturecamError

    try:
        app(prog_name="posturecam")
    except PosturecamError as error:
        print(f"posturecam: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `posturecam analyze … --json | head`
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
