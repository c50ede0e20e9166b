"""Certificates that count, modules held, the order of skills, what soon expires."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.record_world import TODAY, paper, person
from preheat.errors import UsageError
from preheat.record import people

DAY = timedelta(days=1)
SKILLS = [None, "I", "A", "E"]


def entered(**changes):
    whole = {"level": "CIS", "modules": (1, 8), "issued": date(2026, 1, 31), "number": "C-9"}
    return people.certificate(**{**whole, **changes})


def test_a_certificate_counts_from_its_first_day_to_its_last():
    one = paper(issued=TODAY, expires=TODAY + DAY)
    days = [TODAY + n * DAY for n in (-1, 0, 1, 2)]
    assert [people.counts(one, day) for day in days] == [False, True, True, False]
    assert not people.counts(replace(one, revoked="lost"), TODAY)
    late = replace(one, revoked="lost", revoked_at=TODAY + DAY)
    assert people.counts(late, TODAY) and not people.counts(late, TODAY + DAY)


def test_an_entered_certificate_lasts_two_years_and_hears_module_8():
    one = entered()
    assert one.expires == date(2028, 1, 31)
    assert one.modules == (1, 8) and one.lecture_only == (8,)
    assert entered(expires=date(2026, 1, 31)).expires == date(2026, 1, 31)
    assert entered(issued=date(2024, 2, 29)).expires == date(2026, 2, 28)


def test_proven_practice_takes_module_8_off_the_lectures():
    assert entered(practised=(8,)).lecture_only == ()
    assert entered(modules=(1, 4)).lecture_only == ()


def test_a_certificate_that_cannot_be_is_refused_with_all_that_is_wrong():
    with pytest.raises(UsageError) as caught:
        entered(
            level="CISS", modules=(8, 12), practised=(5,), number=" ",
            expires=date(2026, 1, 30),
        )  # fmt: skip
    assert len(caught.value.problems) == 6
    for words in (
        "'CISS' is none of CIS, CSE, CIT", "no module 12", "module 1 (General",
        "practice in module 5 without", "before it was issued", "number is missing",
    ):  # fmt: skip
        assert words in caught.value.message


def test_modules_are_held_over_all_certificates_that_count():
    who = person(certificates=(
        paper(modules=(1, 8), lecture_only=(8,)), paper(modules=(1, 4)),
        paper(modules=(9,), expires=TODAY - DAY),
    ))  # fmt: skip
    held = people.held(who, TODAY)
    assert held.modules == {1, 4, 8} and held.practised == {1, 4}
    assert people.held(person(certificates=()), TODAY).modules == set()


def test_module_1_is_needed_for_whatever_is_done():
    assert people.needed([]) == (1,)
    assert people.needed([8, None, 4, 8]) == (1, 4, 8)


@given(have=st.sampled_from(SKILLS), need=st.sampled_from(SKILLS))
def test_a_skill_reaches_every_skill_that_is_not_above_it(have, need):
    assert people.has_skill(have, need) == (SKILLS.index(have) >= SKILLS.index(need))


def test_what_expires_soon_comes_with_its_days_the_most_urgent_first():
    ada = person(certificates=(paper(expires=TODAY + 60 * DAY), paper(expires=TODAY - DAY)))
    bob = replace(person(certificates=(paper(expires=TODAY),)), name="Bob")
    late = person(certificates=(paper(expires=TODAY + 61 * DAY),))
    found = people.expiring([late, bob], TODAY)
    assert [(row.operator, row.days_left) for row in found] == [("Bob", 0)]
    found = people.expiring([ada, bob, late], TODAY, within_days=61)
    assert [(row.operator, row.days_left) for row in found] == [
        ("Bob", 0), ("Ada", 60), ("Ada", 61),
    ]  # fmt: skip


def test_what_has_expired_is_told_of_until_it_is_renewed():
    old = paper(number="old", expires=TODAY - 9 * DAY)
    (row,) = people.expiring([person(certificates=(old,))], TODAY)
    assert row.days_left == -9
    new = paper(number="new", issued=TODAY, expires=TODAY + 700 * DAY)
    assert people.expiring([person(certificates=(old, new))], TODAY) == []


@pytest.mark.parametrize(
    "other", [{"modules": (1, 2, 8)}, {"lecture_only": (8,)}, {"revoked": "lost"}]
)
def test_a_paper_with_less_on_it_renews_nothing(other):
    old, new = paper(expires=TODAY + DAY), paper(expires=TODAY + 700 * DAY, **other)
    assert len(people.expiring([person(certificates=(old, new))], TODAY)) == 1


def test_who_has_left_and_what_was_revoked_are_not_told_of():
    soon = paper(expires=TODAY)
    assert people.expiring([person(certificates=(soon,), active=False)], TODAY) == []
    revoked = person(certificates=(replace(soon, revoked="lost"),))
    assert people.expiring([revoked], TODAY) == []


def test_the_day_is_that_of_the_bench():
    at = datetime(2026, 6, 15, 12).astimezone()  # noon where the test runs
    assert people.day_of(at.astimezone(UTC)) == TODAY
