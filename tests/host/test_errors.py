"""Exit codes and one-line texts of the toolkit's errors."""

import pytest

from preheat import errors

CODES = {
    errors.PreheatError: 1, errors.UsageError: 2, errors.DeviceLost: 3, errors.PortGone: 3,
    errors.ServiceMode: 3, errors.Refused: 4, errors.RunFault: 5, errors.OperatorStop: 6,
    errors.VerifyError: 7, errors.OutOfLimits: 8,
}


def test_every_class_is_drawn_in_the_docstring_and_has_its_exit_code():
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    assert set(classes) == set(CODES)
    for cls, code in CODES.items():
        assert cls.exit_code == code
        row = next(r for r in errors.__doc__.splitlines() if f" {cls.__name__} " in r)
        assert f" {code}  " in row


@pytest.mark.parametrize("cls", CODES)
def test_the_text_is_one_line_with_what_to_do(cls):
    err = cls("the port is gone", "check the cable")
    assert str(err) == "the port is gone: check the cable"
    assert str(cls("the port is gone")) == "the port is gone"
