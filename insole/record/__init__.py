"""The rim towards disk: the session file, the loop that writes it, and its replay."""
