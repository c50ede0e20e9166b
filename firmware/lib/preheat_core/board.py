"""The board: what is soldered and screwed down (pins, probes, zone, ceilings), and its checker.

Outputs are active high. The interlock input is closed = low = safe, the start button is
pressed = low, the load sense is active = high.
"""

from preheat_core import check as fields

MCUS = ("virtual", "rp2040", "rp2350", "esp32", "esp32s3", "esp32c3")
PROCESS_ROLES = ("board", "board_top", "component")  # the hottest of these meets the limits
ROLES = PROCESS_ROLES + ("heater", "ambient")
HEATER_KINDS = ("quartz", "ceramic", "plate", "other")
_PIN_MAX = 48  # ESP32-S3 has the highest GPIO number of the supported chips


def _pin(key, default=fields.REQUIRED):
    return fields.whole(key, 0, _PIN_MAX, "GPIO", default)


_NO_SSR = "an SSR belongs to a zone: move the pin to [[zones]]"

PIN_FIELDS = (
    fields.whole("spi_id", 0, 2, ""),
    _pin("sck"),
    _pin("mosi", None),
    _pin("miso"),
    _pin("contactor", None),
    _pin("buzzer", None),
    _pin("lamp", None),
    _pin("interlock", None),
    _pin("start_button", None),
    _pin("load_sense", None),
    _pin("fan", None),
    fields.refused("ssr", _NO_SSR),
)
ZONE_FIELDS = (
    fields.name("name", 16),
    fields.name("probe", 16),
    _pin("ssr"),
    fields.number("power_w", 10, 5000, "W"),
    fields.number("coast_s", 0, 300, "s"),
    fields.choice("heater_kind", HEATER_KINDS),
)
PROBE_FIELDS = (
    fields.name("name", 16),
    fields.choice("role", ROLES),
    _pin("cs"),
    fields.refused("ssr", _NO_SSR),
)
LIMIT_FIELDS = (
    fields.number("board_max_c", 50, 300, "°C"),
    fields.number("heater_max_c", 70, 900, "°C"),
    fields.number("ramp_max_c_s", 0.05, 4, "°C/s"),
    fields.whole("run_max_s", 60, 172800, "s"),
)
FIELDS = (
    fields.choice("schema", (1,)),
    fields.name("name", 32),
    fields.text("title", 60),
    fields.choice("mcu", MCUS),
    fields.text("micropython", 40),
    fields.choice("mains_hz", (50, 60), unit="Hz"),
    fields.whole("window_ticks", 1, 8, "ticks of 250 ms"),
    fields.choice("ssr_kind", ("zero_cross",), fix="use a zero-cross relay"),
    fields.table("pins", PIN_FIELDS),
    fields.rows("zones", ZONE_FIELDS, 1, 1, fix="a second zone cannot be controlled yet"),
    fields.rows("probes", PROBE_FIELDS, 1, 6),
    fields.table("limits", LIMIT_FIELDS),
)


def pins(d):
    """Every GPIO that `d` (any dict) names, as (path, number), in the order of the tables."""
    table = d.get("pins")
    table = table if isinstance(table, dict) else {}
    out = [("pins." + f.key, table.get(f.key)) for f in PIN_FIELDS if f.unit == "GPIO"]
    for key, pin in (("zones", "ssr"), ("probes", "cs")):
        for i, row in fields.rows_of(d, key):
            out.append(("{}[{}].{}".format(key, i, pin), row.get(pin)))
    return [(p, n) for p, n in out if isinstance(n, int) and not isinstance(n, bool)]


def check(d):
    """All problems of a board dict, never an exception; empty means it can be used."""
    found = fields.check_table(d, FIELDS)
    if not isinstance(d, dict):
        return found
    first = {}
    for path, pin in pins(d):
        if pin in first:
            found.append(fields.Problem(path, pin, "a free pin", "it is already " + first[pin]))
        else:
            first[pin] = path
    found.extend(fields.repeats(d, "probes", "name"))
    probes = fields.rows_of(d, "probes")
    control = [row.get("name") for _, row in probes if row.get("role") == "board"]
    if probes and not control:
        fix = "give the probe that is taped to the board this role"
        found.append(fields.Problem("probes", "no role board", "at least one of role board", fix))
    for i, zone in fields.rows_of(d, "zones"):
        if isinstance(zone.get("probe"), str) and zone["probe"] not in control:
            path = "zones[{}].probe".format(i)
            fix = "name one of: " + ", ".join(fields.shown(n) for n in control)
            found.append(
                fields.Problem(path, zone["probe"], "the name of a probe of role board", fix)
            )
    return found


def normalise(d):
    """A new dict: the checked board `d` with every default filled in."""
    return fields.fill(d, FIELDS)
