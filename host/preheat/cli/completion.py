"""`completion SHELL`: prints the script that completes verbs and options in that shell.

bash, zsh and fish come with click; PowerShell is added here.
"""

import os

import rich_click as click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

SHELLS = ("bash", "zsh", "fish", "powershell")
VARIABLE = "_PREHEAT_COMPLETE"
WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/preheat.fish",
    "powershell": "$PROFILE",
}

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $line, $cursor)
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = $line.ToString()
    $env:COMP_CWORD = $word
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new(
                $value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Speaks with the script above: one `value<TAB>help` a line."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        words = split_arg_string(os.environ.get("COMP_WORDS", ""))
        incomplete = os.environ.get("COMP_CWORD", "")
        arguments = words[1:]
        if incomplete and arguments and arguments[-1] == incomplete:
            arguments.pop()
        return arguments, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.value}\t{item.help or ''}"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes preheat's verbs in SHELL.

    Put its output into the shell's start-up file, for bash: preheat completion bash >> ~/.bashrc
    """
    from preheat.cli import root

    found = get_completion_class(shell)
    if found is None:  # click and the list above disagree
        raise click.UsageError(f"this version of click knows no {shell}")
    complete = found(root, {}, "preheat", VARIABLE)
    click.echo(f"# Completion for preheat; belongs into {WHERE[shell]}")
    click.echo(ShellComplete.source(complete))
