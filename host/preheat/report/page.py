"""Pages made of contents: one run in full, or several beside each other. Templates lie here too.

Every text is escaped by the templates; only the pictures, which escape their own, are put in as
they are.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from preheat.report import chart, compare
from preheat.report.content import Content, content, course
from preheat.report.judged import Judged
from preheat.report.verdict import DECIDES
from preheat_core import VERSION

# How the verdict is reached, as the page says it; more of it in docs/report.md.
RULES = (
    "“Within limits” needs a whole log of a run that came to its end without a fault, every "
    "limited number known, and every one inside. A number on a single limit is inside it; on the "
    "limit of a window of two it is outside.",
    "What was seen outside is “outside limits”, however the log ended.",
    "A log that was cut off or damaged, a fault, a stop before the last target, readings missing "
    "under heat, or a number that is not known: “no verdict”.",
)
LABELS = ("started", "unit", "by", "profile", "alloy", "ended", "firmware", "settings")


def page(
    runs: Sequence[Judged], today: str, golden: "Judged | None" = None, made: str = ""
) -> str:
    """The page as HTML: of one run in full, of several as an overlay with a table of each.

    today: YYYY-MM-DD. made: when, in words; what made it is added.
    """
    contents = [content(run, today) for run in runs]
    title = f"Run {contents[0].name}" if len(runs) == 1 else f"{len(runs)} runs"
    if runs[0].run.foreign and len(runs) == 1:
        title = contents[0].name
    # On every sheet: which logs it is of. Only digits of hashes: nothing here needs escaping.
    foot = "log SHA-256 " + ", ".join(run.run.sha256[:16] for run in runs)
    several: dict[str, Any] = {}
    if len(runs) > 1:
        heads, rows = compare.side_by_side([*runs, *([golden] if golden else [])])
        overlay = chart.draw([c.course for c in contents], golden and course(golden))
        several = {"overlay": _safe(overlay), "heads": heads, "rows": rows, "labels": LABELS,
                   "golden": golden and compare.about(golden)}  # fmt: skip
    return _template("page.html").render(
        title=f"{title}: what the board saw",
        made=f"{made} · preheat {VERSION}" if made else f"preheat {VERSION}",
        style=_safe(style(foot)),
        runs=contents,
        section=_safe(section(contents[0], runs[0], golden)) if len(runs) == 1 else "",
        decides=DECIDES,
        **several,
    )


def section(
    shown: Content, run: Judged, golden: "Judged | None" = None, key: str = "chart"
) -> str:
    """One run's part of a page as an HTML fragment: verdict, chart, tables, hashes.

    It needs the rules of `style` to look right. key: another one for each section of a page.
    """
    return _template("run.html").render(
        run=shown,
        svg=_safe(chart.draw([shown.course], golden and course(golden), key)),
        golden=_golden(run, golden) if golden else None,
        decides=DECIDES,
        rules=RULES,
    )


def _golden(run: Judged, golden: Judged) -> "dict[str, Any]":
    heads, rows = compare.with_golden(run, golden)
    return {
        **compare.about(golden), "heads": heads, "rows": rows,
        "not_compared": compare.not_compared(run, golden),
    }  # fmt: skip


def style(foot: str = "") -> str:
    """The style sheet that pages and sections are set with. foot: words for the foot of each
    printed sheet, without quotes or backslashes."""
    environment = _templates()
    return environment.loader.get_source(environment, "page.css")[0].replace("{{ foot }}", foot)


@lru_cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("preheat.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _template(name: str) -> Any:
    return _templates().get_template(name)


def _safe(markup: str) -> Any:
    """Markup that is ours: not escaped again."""
    from markupsafe import Markup

    return Markup(markup)
