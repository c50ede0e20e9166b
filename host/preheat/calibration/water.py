"""Where water boils: from the pressure at the bench, or, less well, from its altitude.

Pressures are those at the bench, in hPa; weather reports give them reduced to sea level.
"""

import math

# IAPWS R7-97(2012), the industrial formulation IAPWS-IF97, region 4: saturation temperature by
# its backward equation, exact in itself, from 611 Pa to the critical point. At 1013.25 hPa it
# gives 99.974 °C, which is the boiling point of water on ITS-90; 100 °C was that of IPTS-68.
_N = (
    0.11670521452767e4, -0.72421316703206e6, -0.17073846940092e2, 0.12020824702470e5,
    -0.32325550322333e7, 0.14915108613530e2, -0.48232657361591e4, 0.40511340542057e6,
    -0.23855557567849, 0.65017534844798e3,
)  # fmt: skip
PRESSURE_HPA = (500.0, 1100.0)  # what a barometer shows between 5500 m and a mine
ALTITUDE_M = (-400.0, 5000.0)
# ISO 2533:1975, the standard atmosphere up to 11 km: pressure and temperature at sea level, the
# fall of temperature with (geopotential) height, and g/(R × that fall).
_SEA_HPA, _SEA_K, _FALL_K_M, _EXPONENT = 1013.25, 288.15, 0.0065, 5.255876
WEATHER_HPA = 20.0  # how far the weather moves the pressure from the standard one, most days


def saturation_k(pressure_mpa: float) -> float:
    """Saturation temperature of water in K at 0.000611213 to 22.064 MPa; ValueError outside."""
    if not 0.000611213 <= pressure_mpa <= 22.064:
        raise ValueError(f"the saturation line has no {pressure_mpa} MPa")
    n1, n2, n3, n4, n5, n6, n7, n8, n9, n10 = _N
    beta = pressure_mpa**0.25
    e = beta * beta + n3 * beta + n6
    f = n1 * beta * beta + n4 * beta + n7
    g = n2 * beta * beta + n5 * beta + n8
    d = 2 * g / (-f - math.sqrt(f * f - 4 * e * g))
    return (n10 + d - math.sqrt((n10 + d) ** 2 - 4 * (n9 + n10 * d))) / 2


def boiling_c(pressure_hpa: float) -> float:
    """Boiling point of pure water in °C at a pressure in hPa (500 to 1100; ValueError outside)."""
    low, high = PRESSURE_HPA
    if not low <= pressure_hpa <= high:
        raise ValueError(f"{pressure_hpa} hPa is no pressure of air at a bench")
    return saturation_k(pressure_hpa * 1e-4) - 273.15


def standard_hpa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere in hPa at an altitude (-400 to 5000 m; ValueError)."""
    low, high = ALTITUDE_M
    if not low <= altitude_m <= high:
        raise ValueError(f"{altitude_m} m is not the altitude of a bench")
    return _SEA_HPA * (1 - _FALL_K_M * altitude_m / _SEA_K) ** _EXPONENT


def weather_error_c(pressure_hpa: float) -> float:
    """How far WEATHER_HPA moves the boiling point from that at `pressure_hpa`, in °C."""
    return saturation_k((pressure_hpa + WEATHER_HPA) * 1e-4) - saturation_k(pressure_hpa * 1e-4)
