"""A click group that imports a verb's module only when that verb is used.

Listing the verbs (help, completion) reads their sentences from a table and imports nothing.
"""

import importlib
from collections.abc import Sequence
from typing import NamedTuple

import click
import rich_click


class Verb(NamedTuple):
    """One row: the verb, the panel it is listed in, `module:attribute`, and one sentence."""

    name: str
    panel: str
    target: str
    sentence: str


class LazyGroup(rich_click.RichGroup):
    """A group whose commands come from a table of `Verb` rows, in the order of that table."""

    def __init__(self, *args, verbs: Sequence[Verb] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = {verb.name: verb for verb in verbs}
        self._listing = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> "click.Command | None":
        verb = self.verbs.get(cmd_name)
        if verb is None:
            return None
        if self._listing:  # a row for the list, without the module behind it
            words = verb.sentence
            return rich_click.RichCommand(name=verb.name, help=words, short_help=words)
        module_name, attribute = verb.target.split(":")
        return getattr(importlib.import_module(module_name), attribute)

    def format_options(self, ctx, formatter) -> None:
        self._listing = True
        try:
            super().format_options(ctx, formatter)
        finally:
            self._listing = False
