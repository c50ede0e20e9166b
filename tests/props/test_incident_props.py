"""Whatever happened to an incident: reading never raises, and whole blocks before it are kept."""

import json

from hypothesis import given
from hypothesis import strategies as st

from host.pull_unit import make_incident
from preheat import incidents, incidenttext
from preheat_core import blocks

WHOLE = make_incident()
RECORDS = incidents.read(WHOLE).records


def shown(found):
    """Everything that is made of it for people and programs."""
    incidenttext.head(found, "x")
    incidenttext.table(found)
    json.dumps(incidenttext.to_dict(found, "x"), allow_nan=False)


@given(st.integers(0, len(WHOLE)))
def test_every_cut_keeps_the_ticks_of_the_whole_blocks_before_it(at):
    found = incidents.read(WHOLE[:at])
    shown(found)
    assert found.records == RECORDS[: len(found.records)]
    whole = [
        place + blocks.FRAME_BYTES + len(payload)
        for place, _, _, _, payload in blocks.blocks(
            lambda off, n: WHOLE[off : off + n], len(WHOLE)
        )
    ]
    assert found.blocks == sum(end <= at for end in whole)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)), max_size=6))
def test_damage_never_raises_and_invents_no_tick(places):
    data = bytearray(WHOLE)
    for at, mask in places:
        data[at] ^= mask
    found = incidents.read(bytes(data))
    shown(found)
    assert found.records == RECORDS[: len(found.records)] or found.at is None


@given(st.binary(max_size=600), st.integers(1, 5))
def test_any_payload_in_a_good_frame_never_raises(payload, kind):
    buf = bytearray(blocks.FRAME_BYTES + len(payload))
    buf[blocks.HEAD_BYTES : blocks.HEAD_BYTES + len(payload)] = payload
    shown(incidents.read(blocks.close_block(buf, kind, 0, len(payload))))
