"""Two assertions for tests that run on both Pythons, where pytest is not at hand."""


def raises(kind, call, *args, **kwargs):
    """Call it; give back the exception of this kind that it raised, fail if it raised none."""
    try:
        result = call(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, got the result {result!r}")


def near(value, want, tolerance):
    """Fail, showing the values, unless |value - want| <= tolerance."""
    if not abs(value - want) <= tolerance:
        raise AssertionError(f"expected {want} +- {tolerance}, got {value}")
