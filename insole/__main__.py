"""``python -m insole`` is the command line."""

from insole.cli.main import main

main()
