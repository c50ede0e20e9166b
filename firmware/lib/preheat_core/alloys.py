"""The few solder alloys and the one package rule that a unit itself must be able to name."""


class Alloy:
    """One alloy: melting range and the hottest joint temperature its users recommend, in °C."""

    __slots__ = ("liquidus_c", "name", "peak_max_c", "solidus_c", "source")

    def __init__(self, name, solidus_c, liquidus_c, peak_max_c, source):
        self.name = name
        self.solidus_c = solidus_c
        self.liquidus_c = liquidus_c
        self.peak_max_c = peak_max_c
        self.source = source


ALLOYS = (
    Alloy("SnPb", 183, 183, 235, "Sn63Pb37, eutectic 183; usual peak 225 to 235"),
    Alloy("SAC305", 217, 220, 250, "SAC305, 217 to 220; usual peak 240 to 250"),
    Alloy("SnBi", 138, 138, 180, "Sn42Bi58, eutectic 138; usual peak 160 to 180"),
)
NAMES = tuple(row.name for row in ALLOYS)

# The worst row of the lead-free table of J-STD-020 (thick or large bodies): no BGA body hotter.
BGA_MAX_C = 245
BGA_SOURCE = "BGA body: J-STD-020 lead-free table, worst row"


def find(name) -> Alloy:
    """The row called `name`; KeyError if there is none."""
    for row in ALLOYS:
        if row.name == name:
            return row
    raise KeyError(name)
