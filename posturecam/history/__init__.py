"""The history of sitting and stretching, saved on this computer in one SQLite file.

`StretchHistory` (`stretches`) records stretching and `SittingHistory` (`sitting`) sitting, `SittingRecords` (`records`) reads, the modules
`export` and `stretch_export` export, and `delete_everything` (`removal`) deletes.
"""
