"""Type K thermocouples after ITS-90, and the Reading that every other module receives.

Coefficients: NIST Monograph 175 (type_k.tab). Polynomials are evaluated by Horner's rule from the
highest power, which keeps single-precision floats within 0.02 °C of double precision.
"""

import math

LINEAR_MV_C = 0.041276  # the MAX31855 takes type K for a straight line, 41.276 µV/°C
EMF_MIN_C, EMF_MAX_C = -270.0, 1372.0  # range of the forward function
# Range of the inverse, -200..1372 °C: NIST's -5.891 and 54.886 mV before they were rounded.
MIN_MV, MAX_MV = -5.8915, 54.8865

# Highest power first.
_EMF_BELOW_0 = (
    -1.6322697486e-23, -1.9889266878e-20, -1.0451609365e-17, -3.1088872894e-15, -5.7410327428e-13,
    -6.7509059173e-11, -4.9904828777e-09, -3.2858906784e-07, 2.3622373598e-05, 3.9450128025e-02,
    0.0,
)
_EMF_FROM_0 = (
    -1.2104721275e-26, 9.7151147152e-23, -3.202072e-19, 5.6075059059e-16, -5.6072844889e-13,
    3.1840945719e-10, -9.9457592874e-08, 1.8558770032e-05, 3.8921204975e-02, -1.7600413686e-02,
)
_A0, _A1, _A2 = 0.1185976, -1.183432e-4, 126.9686
_INVERSE = (  # (upper end in mV, coefficients)
    (0.0, (
        -5.1920577e-04, -1.0450598e-02, -8.6632643e-02, -3.7342377e-01, -8.9773540e-01,
        -1.0833638e00, -1.1662878e00, 2.5173462e01, 0.0,
    )),
    (20.644, (
        -1.052755e-08, 1.057734e-06, -4.413030e-05, 9.804036e-04, -1.228034e-02, 8.315270e-02,
        -2.503131e-01, 7.860106e-02, 2.508355e01, 0.0,
    )),
    (MAX_MV, (
        -3.110810e-08, 8.802193e-06, -9.650715e-04, 5.464731e-02, -1.646031e00, 4.830222e01,
        -1.318058e02,
    )),
)


class Reading:
    """One answer of one probe: a temperature or a named sensor fault, never both, never neither.

    temp_c: °C corrected and calibrated, or None. fault: a sensor fault code of faults.py, or None.
    cj_c: °C of the cold junction (the amplifier chip), None where it cannot be trusted.
    word: the raw 32-bit frame as int, 0 where none was read.
    ValueError if both or neither of temp_c and fault are given.
    """

    __slots__ = ("cj_c", "fault", "temp_c", "word")

    def __init__(self, temp_c=None, fault=None, cj_c=None, word=0):
        if (temp_c is None) == (fault is None):
            raise ValueError("a Reading has either a temperature or a fault")
        self.temp_c = temp_c
        self.fault = fault
        self.cj_c = cj_c
        self.word = word

    def __repr__(self):
        return f"Reading({self.temp_c}, {self.fault}, {self.cj_c}, 0x{self.word:08x})"


def _horner(coefficients, x):
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


def emf_mv(t_c) -> float:
    """Voltage in mV of a type K pair at t_c (-270..1372 °C) against 0 °C; ValueError outside."""
    if not EMF_MIN_C <= t_c <= EMF_MAX_C:
        raise ValueError(f"type K is defined from -270 to 1372 C, not at {t_c}")
    if t_c < 0:
        return _horner(_EMF_BELOW_0, t_c)
    d = t_c - _A2
    return _horner(_EMF_FROM_0, t_c) + _A0 * math.exp(_A1 * d * d)


def temp_c(e_mv) -> float:
    """°C of a type K pair that gives e_mv (-5.891..54.886 mV); ValueError outside.

    NIST's own inverse polynomials: within 0.06 °C of the forward function.
    """
    if e_mv >= MIN_MV:  # false for NaN too
        for upper_mv, coefficients in _INVERSE:
            if e_mv <= upper_mv:
                return _horner(coefficients, e_mv)
    raise ValueError(f"type K gives -5.891 to 54.886 mV, not {e_mv}")


def correct(tc_c, cj_c) -> float:
    """The true °C behind what a MAX31855 reports (tc_c, with its cold junction at cj_c).

    Undoes the chip's straight line; uncorrected, 245 °C reads 3 °C low. ValueError where the
    voltage or the cold junction lies outside type K's range.
    """
    return temp_c(LINEAR_MV_C * (tc_c - cj_c) + emf_mv(cj_c))


def calibrated(temp_c, offset_c, gain) -> float:
    """A linearised reading (`correct`) as this probe's calibration has it, in °C."""
    return gain * temp_c + offset_c
