"""matplotlib figures as SVG inside a page: real text, no metadata, names of their own, no style
that reaches out of the picture, and a title and description for those who cannot see it."""

import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FONT = "'DejaVu Sans'"  # matplotlib's own, by which it measures
_FONTS = "'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif"


@contextmanager
def figure(size_in: "tuple[float, float]", key: str) -> Iterator[Any]:
    """A Figure of that size (inches), to be drawn and rendered inside the `with`.

    No text in it is read as mathematics: names of probes may hold any sign.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure  # slow to import; never pyplot, which keeps figures

    settings: Any = {
        "text.parse_math": False,
        "svg.fonttype": "none",  # text stays text: to be read aloud, found and copied
        "svg.hashsalt": key,
        "font.family": ["DejaVu Sans"],
        "font.size": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*[Gg]lyph.*")  # measured in another font
        yield Figure(figsize=size_in, layout="constrained")


def as_svg(drawing: Any, title: str, words: str, key: str) -> str:
    """The figure as an <svg> element; title and words as plain text, escaped here."""
    out = io.StringIO()
    none = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    drawing.savefig(out, format="svg", metadata=none)
    return embedded(out.getvalue(), title, words, key)


def embedded(document: str, title: str, words: str, key: str) -> str:
    """An SVG document of matplotlib as an element of a page."""
    body = document[document.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    # Its one style sheet would hold for the whole page: what it says goes onto the picture.
    body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, count=1, flags=re.S)
    head, _, rest = body.partition(">")
    size = re.search(r'viewBox="[^"]*"', head)
    box = size.group(0) if size else ""
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" {box} role="img" '
        f'aria-labelledby="{key}-title {key}-desc" stroke-linejoin="round" '
        f'stroke-linecap="butt"><title id="{key}-title">{html.escape(title)}</title>'
        f'<desc id="{key}-desc">{html.escape(words)}</desc>{_own_names(rest, key)}'
    )


def _own_names(body: str, key: str) -> str:
    """Every id with the picture's key before it, so that two pictures share no name; and fonts
    to fall back on. Only inside tags: what stands between them is text, with any signs."""

    def mended(tag: "re.Match[str]") -> str:
        words = re.sub(r'(?<= )id="', f'id="{key}-', tag.group(0))
        words = words.replace('xlink:href="#', f'xlink:href="#{key}-')
        return words.replace("url(#", f"url(#{key}-").replace(_FONT, _FONTS)

    return re.sub(r"<[^>]*>", mended, body)
