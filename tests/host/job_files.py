"""Profile files with a `[job]`, made of a stock profile."""

import copy

from preheat import tomlfiles
from preheat.tomltext import dumps


def with_job(stock, **job):
    return {**copy.deepcopy(tomlfiles.load_profile(stock)), "job": job}


def written(tmp_path, values):
    path = tmp_path / "mine.toml"
    path.write_text(dumps(values), encoding="utf-8")
    return path
