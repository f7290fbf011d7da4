"""A recording from the search for its devices to the finished file.

`whole.record_session` is all of it in one call, for notebooks and scripts. `course.Recording` can
be looked at, marked and stopped while it runs; the command line shows one.
"""
