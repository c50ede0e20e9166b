"""A second MAX31855 on this computer as the reference, through Adafruit's driver and Blinka.

The one place that imports them; they come with `pip install "preheat[blinka]"`.
"""

import os
from typing import Any

from preheat.errors import Refused, UsageError
from preheat_core import thermocouple

CS_PIN = "C0"  # a free pin of the FT232H
_INSTALL = 'install them with `pip install "preheat[blinka]"`'
_WIRE = (
    "plug in an adapter with SPI that Blinka knows, and tell Blinka of it (for an FT232H: "
    "BLINKA_FT232H=1 in the environment)"
)


class Reference:
    """A MAX31855 behind Adafruit's driver. spi, cs: a busio.SPI and a digitalio.DigitalInOut."""

    def __init__(self, spi: Any, cs: Any) -> None:
        import adafruit_max31855

        self._chip = adafruit_max31855.MAX31855(spi, cs)

    def read(self) -> float:
        """°C now, linearised exactly as a unit linearises; Refused when the chip has no reading.

        A chip that is not there reads 0 °C for both junctions, or an open thermocouple.
        """
        try:
            tc_c = self._chip.temperature
            cold_c = self._chip.reference_temperature
            if tc_c == 0 and cold_c == 0:
                raise RuntimeError("no chip answers on the bus")
            return thermocouple.correct(tc_c, cold_c)
        except (RuntimeError, OSError, ValueError) as error:
            raise Refused(
                f"the reference has no reading: {error}",
                "check its wiring, supply and probe, then try again", "state",
            ) from error


def open_reference(cs_pin: str = CS_PIN) -> Reference:
    """The MAX31855 on this computer's SPI with its chip select at Blinka's pin `cs_pin`.

    UsageError, saying what is missing, without the libraries or the hardware.
    """
    # Without this Blinka may ask to install packages, in the middle of a measurement.
    os.environ.setdefault("BLINKA_SKIP_DEPENDENCY_CHECK", "1")
    try:
        import adafruit_max31855  # noqa: F401  is it there at all
        import board
        import digitalio
    except ImportError as error:
        text = f"the reference needs Adafruit's libraries ({error})"
        raise UsageError(text, _INSTALL) from error
    except (NotImplementedError, RuntimeError, OSError, ValueError, AttributeError) as error:
        raise UsageError(f"Blinka knows no SPI here ({_line(error)})", _WIRE) from error
    make_spi = getattr(board, "SPI", None)
    if make_spi is None:
        raise UsageError(f"Blinka knows no SPI here (board {board.board_id})", _WIRE)
    pin = getattr(board, cs_pin, None)
    if pin is None:
        raise UsageError(
            f"Blinka has no pin {cs_pin!r} on {board.board_id}",
            "name the chip select's pin: --reference blinka:PIN",
        )
    try:
        return Reference(make_spi(), digitalio.DigitalInOut(pin))
    except (NotImplementedError, RuntimeError, OSError, ValueError, AttributeError) as error:
        raise UsageError(f"the adapter cannot be used ({_line(error)})", _WIRE) from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
