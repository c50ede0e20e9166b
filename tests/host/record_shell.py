"""What tests of the record at the command line share: a good verb's document, a person, a run."""

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


def warned(preheat, key):
    """The gates that told something as job 1's only run began."""
    (row,) = said(preheat, "job", "show", "1", by=None)[key]
    return [one["rule"] for one in row["warnings"]]


def under_job(preheat, unit, job, *options):
    """A run for a job by Ada."""
    return preheat("run", "hotplate-sac305", "--yes", "--job", job, "--by", "Ada", "--port",
                   unit.port, "--json", *options)  # fmt: skip
