"""MAX31855 chips as the bus sees them: a true junction temperature becomes a 32-bit frame.

The forward chain is the chip's own: junction and cold junction give a type K voltage (ITS-90,
coefficients of NIST Monograph 175), the chip divides it by a straight 41.276 µV/°C, adds its cold
junction and rounds to 0.25 °C. This is written apart from the firmware, whose inverse it tests.
"""

import math

from .noise import Noise

CONVERT_MS = 100  # data sheet: 70 typical, 100 at most
WARM_C = 4.0  # a powered chip near an SSR and a laptop is a little warmer than the room
WARM_LAG_S = 300.0
LINEAR_MV_C = 0.041276

OPEN, SHORT_GND, SHORT_VCC = 1, 2, 4
ALL_ONES = 0xFFFFFFFF

_FROM_0 = (
    -0.176004136860e-01, 0.389212049750e-01, 0.185587700320e-04, -0.994575928740e-07,
    0.318409457190e-09, -0.560728448890e-12, 0.560750590590e-15, -0.320207200030e-18,
    0.971511471520e-22, -0.121047212750e-25,
)
_BELOW_0 = (
    0.0, 0.394501280250e-01, 0.236223735980e-04, -0.328589067840e-06, -0.499048287770e-08,
    -0.675090591730e-10, -0.574103274280e-12, -0.310888728940e-14, -0.104516093650e-16,
    -0.198892668780e-19, -0.163226974860e-22,
)


def type_k_mv(t_c):
    """mV of a type K pair at t_c against 0 °C; t_c is clamped to -200..1372 °C."""
    t_c = min(1372.0, max(-200.0, t_c))
    total = 0.0
    for c in reversed(_BELOW_0 if t_c < 0 else _FROM_0):
        total = total * t_c + c
    if t_c >= 0:
        d = t_c - 126.9686
        total += 0.1185976 * math.exp(-1.183432e-4 * d * d)
    return total


def frame(junction_c, cold_c, causes=0):
    """A chip's 32-bit word: true junction and cold-junction °C, causes 0 or OPEN/SHORT bits."""
    cold = min(2032, max(-880, math.floor(cold_c * 16 + 0.5)))
    if causes:  # the chip shows full scale while its inputs are faulty
        return 0x1FFF << 18 | 0x10000 | (cold & 0xFFF) << 4 | causes
    chip_c = (type_k_mv(junction_c) - type_k_mv(cold_c)) / LINEAR_MV_C + cold_c
    steps = min(0x1FFF, max(-1080, math.floor(chip_c * 4 + 0.5)))
    return (steps & 0x3FFF) << 18 | (cold & 0xFFF) << 4


class Amplifier:
    """One chip on one chip-select pin, fed by one probe of the plant.

    `name` and `role` are those of the board file. Between conversions the word stands; the cold
    junction's last bit flickers, so the words of a healthy chip never stand still for long.
    """

    def __init__(self, name, role, probe, offset_c, seed):
        self.name = name
        self.role = role
        self.probe = probe  # plant.Probe, or None: nothing is plugged in
        self.offset_c = offset_c
        self.noise = Noise(seed)
        self.own_bias_c = (self.noise.uniform() - 0.5) * 1.0
        self.word = 0
        self._at_ms = None
        self._detached_c = None

    def read(self, now_ms, ambient_c, heater_c, faults):
        """The word on the bus at now_ms (bench time). `faults`: dict kind → value of this chip."""
        slot = now_ms // CONVERT_MS
        if slot != self._at_ms and not ("tc_frozen" in faults and self.word):
            passed_s = None  # nobody looked before: long enough
            if self._at_ms is not None:
                passed_s = (slot - self._at_ms) * (CONVERT_MS / 1000)
            self._at_ms = slot
            self.word = self._convert(now_ms, passed_s, ambient_c, heater_c, faults)
        if "spi_zero" in faults:
            return 0
        return ALL_ONES if "spi_ones" in faults else self.word

    def _convert(self, now_ms, passed_s, ambient_c, heater_c, faults):
        warm_c = WARM_C * (1.0 - math.exp(-now_ms / (1000 * WARM_LAG_S)))
        noise = self.noise
        cold_c = ambient_c + warm_c + self.own_bias_c + 0.12 * (noise.uniform() - 0.5)
        if self.probe is None or "tc_open" in faults:
            return frame(0.0, cold_c, OPEN)
        if "tc_short_gnd" in faults:
            return frame(0.0, cold_c, SHORT_GND)
        if "tc_short_vcc" in faults:
            return frame(0.0, cold_c, SHORT_VCC)
        probe = self.probe
        junction_c = probe.temp_c
        if "tc_detached" in faults:
            junction_c = self._fallen_off(passed_s, ambient_c, heater_c, faults["tc_detached"])
        else:
            self._detached_c = None
        junction_c += self.offset_c + faults.get("tc_offset", 0.0)
        if probe.noise_c:
            junction_c += probe.noise_c * noise.normal()
        if probe.spikes_per_min and noise.uniform() < probe.spikes_per_min * CONVERT_MS / 60000:
            junction_c += 30.0 + 60.0 * noise.uniform()
        return frame(junction_c, cold_c)

    def _fallen_off(self, passed_s, ambient_c, heater_c, share):
        """A junction in the air: ambient + share·(heater − ambient), 4 s lag from where it was."""
        target_c = ambient_c + share * (heater_c - ambient_c)
        if passed_s is None:  # after a reset it still hangs there
            self._detached_c = target_c
        elif self._detached_c is None:
            self._detached_c = self.probe.temp_c
        else:
            self._detached_c += (target_c - self._detached_c) * min(1.0, passed_s / 4.0)
        return self._detached_c
