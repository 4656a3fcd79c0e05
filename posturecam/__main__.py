"""`posturecam` and `python -m posturecam`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; on any known trouble say one line and leave with its exit code, never a traceback."""
    from posturecam.cli import app
    from posturecam.errors import EXIT_INTERRUPTED, PosturecamError

    try:
        app(prog_name="posturecam")
    except PosturecamError as error:
        print(f"posturecam: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("posturecam: interrupted", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # `posturecam analyze … --json | head`
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
