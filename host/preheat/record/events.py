"""The chain of events: how an event is spelled as bytes, hashed, and tied to the one before it.

`sha` is the SHA-256 of the canonical JSON (`preheat_core.check.canonical`: sorted keys, no
spaces, UTF-8) of all other fields, `prev_sha` among them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from preheat.errors import VerifyError
from preheat.record.document import at_text
from preheat.record.model import Event
from preheat.record.spelling import spelled

GENESIS = "0" * 64  # what stands before the first event


class Problem(NamedTuple):
    """One thing that does not verify.

    `kind`: edited, removed, reordered, projection, schema, log or head; `where`: "event 12",
    "job/3" …
    """

    kind: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def now_text() -> str:
    """This computer's time as an event has it."""
    return at_text(datetime.now(UTC))


def body_text(body: dict[str, Any]) -> str:
    """A body in its one spelling. ValueError for what JSON cannot say."""
    try:
        text = spelled(body)
        text.encode()
        same = spelled(json.loads(text)) == text
    except (TypeError, RecursionError, UnicodeError) as err:
        raise ValueError(f"not JSON: {err}") from err
    if not same:
        raise ValueError("it does not read back as it was written")
    return text


def _sha(seq: int, at: str, author: str, kind: str, subject: str, body: str, prev: str) -> str:
    """The hash of an event with these fields; `body` as it is spelled."""
    text = (
        f'{{"at":{spelled(at)},"author":{spelled(author)},"body":{body},"kind":{spelled(kind)},'
        f'"prev_sha":{spelled(prev)},"seq":{spelled(seq)},"subject":{spelled(subject)}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def make(
    seq: int, at: str, author: str, kind: str, subject: str, body: dict[str, Any], prev_sha: str
) -> Event:
    """The event after the one that has hash `prev_sha`."""
    sha = _sha(seq, at, author, kind, subject, spelled(body), prev_sha)
    return Event(seq, at, author, kind, subject, body, prev_sha, sha)


class Row(NamedTuple):
    """An event as it lies in a store or in an export; nothing about it is believed yet."""

    seq: Any
    at: Any
    author: Any
    kind: Any
    subject: Any
    body: Any
    prev_sha: Any
    sha: Any


def read(row: Row) -> Event:
    """The event that a row holds. ValueError with the reason when its hash is not its own.

    The spelling counts too, so that no bit of the row can change and leave the hash as it was.
    """
    if type(row.seq) is not int or not all(isinstance(item, str) for item in row[1:]):
        raise ValueError("a field has the wrong type")
    try:
        body = json.loads(row.body)
        same = spelled(body) == row.body
        sha = _sha(*row[:7])
    except (ValueError, TypeError, RecursionError) as err:
        raise ValueError(f"it cannot be read ({err})") from err
    if not isinstance(body, dict) or not same or sha != row.sha:
        raise ValueError("it is not what was written: its SHA-256 differs")
    return Event(*row[:5], body, row.prev_sha, row.sha)


def found(row: Row) -> Event:
    """The event that a row of a store holds. VerifyError when it is not what was written."""
    try:
        return read(row)
    except ValueError as err:
        raise VerifyError(f"event {row.seq}: {err}", "`preheat audit verify` says more") from err


def chain_problems(rows: Iterable[Row], count: "int | None" = None) -> Iterator[Problem]:
    """What is wrong with rows in order of `seq`: each one's own hash, and how they hang together.

    `count`: how many there must be, if that is known.
    """
    before, prev, seen = 0, GENESIS, 0
    for row in rows:
        seen += 1
        where = f"event {row.seq}"
        try:
            read(row)
        except ValueError as err:
            yield Problem("edited", where, str(err))
        if row.seq != before + 1 and isinstance(row.seq, int):
            gap = row.seq - before - 1
            what = f"{gap} before it {'is' if gap == 1 else 'are'} missing" if gap > 0 else (
                "it stands twice or in the wrong place")
            yield Problem("removed" if gap > 0 else "reordered", where, what)
        elif row.prev_sha != prev:
            yield Problem("reordered", where, "it does not follow the event that stands before it")
        before = row.seq if isinstance(row.seq, int) else before + 1
        prev = row.sha
    if count is not None and seen != count:
        text = f"{count} events were counted, {seen} are here"
        yield Problem("removed", f"event {before}", text)
