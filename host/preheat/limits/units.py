"""The quantities that the tables speak of: key, unit, and what people call them."""

from preheat_core.profile import PURPOSES as _ALL

KINDS = ("limit", "aim", "fact")  # not to be passed; recommended; worth knowing
PURPOSES = tuple(name for name in _ALL if name != "tune")

# {quantity: (unit, label)}. "" is the unit of what has none.
UNITS = {
    "melting_c": ("°C", "melts"),
    "max_c": ("°C", "temperature"),
    "joint_c": ("°C", "joint peak"),
    "tal_from_c": ("°C", "time above liquidus counts from"),
    "tal_s": ("s", "time above liquidus"),
    "soak_c": ("°C", "soak"),
    "soak_s": ("s", "time of soak"),
    "preheat_c": ("°C", "bottom preheat"),
    "preheat_s": ("s", "time of preheat"),
    "drying_c": ("°C", "drying"),
    "ramp_c_s": ("°C/s", "rise"),
    "cool_c_s": ("°C/s", "cooling"),
    "to_peak_s": ("s", "25 °C to peak"),
    "near_body_s": ("s", "time within 5 °C of the body limit"),
    "neighbour_c": ("°C", "neighbours"),
    "damp_body_c": ("°C", "body, after moisture"),
    "shock_c": ("°C", "difference of temperature at once"),
    "unevenness_c": ("°C", "unevenness"),
    "iron_tip_c": ("°C", "tip of an iron"),
    "tg_c": ("°C", "laminate: glass transition"),
    "td_c": ("°C", "laminate: decomposition"),
    "t260_min": ("min", "laminate: stands 260 °C for"),
    "t288_min": ("min", "laminate: stands 288 °C for"),
    "passes": ("", "reflows"),
    "example": ("", "note"),
}


def unit(what: str) -> str:
    """The unit of a quantity; KeyError for one that is not known."""
    return UNITS[what][0]


def label(what: str) -> str:
    """What people call a quantity; KeyError for one that is not known."""
    return UNITS[what][1]
