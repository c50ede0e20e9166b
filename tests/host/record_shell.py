"""What tests of the record at the command line share: a good verb's document, a person."""

import datetime

OPEN = ("job", "open", "serial=SN1", "class=2", "type=R", "activity=rework", "existing=SAC305")
TODAY = datetime.date.today()


def said(preheat, *words, by="Ada"):
    """The document of a verb that must be good."""
    author = ("--by", by) if by else ()
    ran = preheat(*words, *author, "--json")
    assert ran.code == 0, ran.err
    return ran.document


def ada(preheat):
    said(preheat, "operator", "add", "Ada", "--skill", "e")
    issued = TODAY - datetime.timedelta(days=720)
    return said(preheat, "operator", "certify", "ada", "--level", "CIS", "--modules", "1,8",
                "--number", "C-1", "--issued", issued.isoformat())  # fmt: skip
