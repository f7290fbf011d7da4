"""``insole completion``: let a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
PLACES = {
    "bash": 'eval "$(insole completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(insole completion zsh)"   # in ~/.zshrc, after compinit',
    "fish": "insole completion fish > ~/.config/fish/completions/insole.fish",
}


@click.command(epilog="\b\n" + "\n".join(PLACES.values()))
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, *, shell: str) -> None:
    """Print what a shell has to run so that Tab completes commands, options and their values.

    Put one of these lines where your shell starts:
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"{shell} cannot be completed")
    root = context.find_root().command
    click.echo(kind(root, {}, "insole", "_INSOLE_COMPLETE").source())
