"""Thousands of whole runs of the real firmware with faults, judged from the plant: is it safe?

    python3 tools/campaign.py --runs N --seed S [--healthy M] [--from K] [--jobs J]
                              [--json | --markdown]
    python3 tools/campaign.py --only LABEL [--only LABEL ...]

Units, boards, settings, profiles, noise and one or two faults at random times are drawn from the
seed; the same seed gives the same runs whatever --jobs. Exit code 1 when a run was unsafe (heat
past the bound, too hot, a fault not latched or answered by another's code, UNPLUG not said, a log
or an incident that does not read, an exception that left the app), when a healthy one tripped, and
when no run was started at all.
"""

import in_venv  # noqa: F401 - before anything that only .venv has

# isort: split
import argparse
import json
import multiprocessing
import sys

import campaign_cases
import campaign_play
import campaign_table

CHUNK = 4


def labels(runs: int, seed: int, healthy: int, first: int = 0) -> list[str]:
    """What is played, in order."""
    rows = [campaign_cases.label(seed, n, False) for n in range(first, first + runs)]
    return rows + [campaign_cases.label(seed, n, True) for n in range(first, first + healthy)]


def measure(names: list[str], jobs: int) -> list[dict]:
    """Play all of them, in `jobs` processes."""
    if jobs == 1:
        return _told(map(campaign_play.play, names), len(names))
    with multiprocessing.Pool(jobs) as pool:
        return _told(pool.imap(campaign_play.play, names, CHUNK), len(names))


def _told(results, count: int) -> list[dict]:
    """All results, with progress for whoever waits."""
    found = []
    bad = 0
    for row in results:
        found.append(row)
        wrong = row["unsafe"] + row["false"]
        bad += bool(wrong)
        if wrong:  # at once: a long campaign need not be waited for
            print(f"{row['label']}: {'; '.join(wrong)}", file=sys.stderr, flush=True)
        if sys.stderr.isatty() or len(found) % 500 == 0:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{len(found)}/{count}, {bad} bad ", end=end, file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(
        description="Play random runs with faults on virtual plants and judge them from the plant."
    )
    parser.add_argument("--runs", type=int, default=200, help="runs with faults")
    parser.add_argument("--healthy", type=int, default=40, help="units without a fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="K",
                        help="number of the first run: a long campaign in parts")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON document")
    how.add_argument("--markdown", action="store_true", help="the tables of the documents")
    parser.add_argument("--only", action="append", metavar="LABEL",
                        help="play this case again, with a time line")
    asked = parser.parse_args()
    quiet = asked.json or asked.markdown
    if asked.only:
        rows = [campaign_play.play(name, None if quiet else print) for name in asked.only]
    else:
        names = labels(asked.runs, asked.seed, asked.healthy, asked.first)
        rows = measure(names, max(1, asked.jobs))
    found = campaign_table.summary(rows)
    if asked.json:
        about = {"runs": asked.runs, "healthy": asked.healthy, "seed": asked.seed,
                 "from": asked.first}
        print(json.dumps(campaign_table.document(found, about)))
    elif asked.markdown:
        print(campaign_table.markdown(found))
    else:
        print(campaign_table.text(found))
    return 1 if found["unsafe"] or found["false"] or not found["started"] else 0


if __name__ == "__main__":
    sys.exit(main())
