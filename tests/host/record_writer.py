"""A process that writes to a record as fast as it can until it is killed; for the writers' test.

    python record_writer.py STORE NAME COUNT

Each job comes with two more events in the same transaction. Every number that the store has
confirmed is printed, so that who kills this knows what must be there.
"""

import sys

from preheat.record.store import Store


def main(path: str, name: str, count: int) -> None:
    """Open `count` jobs, or go on until killed if it is 0."""
    body = {"board_serial": name, "product_class": 1, "board_type": "R", "activity": "rework"}
    with Store(path) as store:
        done = 0
        while not count or done < count:
            made = store.append_all(name, [
                ("job.opened", "job/new", body),
                ("job.added", "job/new", {"sites": [{"reference": "U1"}]}),
                ("job.set", "job/new", {"esd": "checked"}),
            ])  # fmt: skip
            print(made[0].subject, flush=True)
            done += 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
