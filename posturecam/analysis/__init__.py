"""Analyzes whole files: readings, events, a plot and an annotated video or pictures, with one folder of results per file.

Results are written as they come, so that an hour of video costs no more memory than a minute, into a hidden folder;
they appear together once all of them are complete. `docs/formats.md` describes the files.
"""
