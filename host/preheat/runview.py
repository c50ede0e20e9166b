"""What a person sees while a run is on: one live line on a terminal, plain lines elsewhere.

Everything here goes to stderr: stdout belongs to the answer.
"""

import sys
from typing import Any

from preheat import faulttexts

PLAIN_EVERY_S = 30  # seconds of run time between two plain status lines
# Alarm transitions of which no other event tells.
_ALARM_TEXTS = {
    "overshoot unacked": "the board is above its setpoint by more than its band",
    "overshoot returned": "the board is back at its setpoint",
    "approach returned": "no longer close to a limit",
}


class PlainView:
    """Prints every event, every change of state, and a status line now and then."""

    def __init__(self, probes: "tuple[str, ...]" = (), stages: "tuple[str, ...]" = ()) -> None:
        self._probes = probes
        self._stages = stages
        self._last: tuple[Any, int] | None = None

    def __enter__(self) -> "PlainView":
        return self

    def __exit__(self, *exc_info) -> None:
        self._last = None

    def status(self, message: dict[str, Any]) -> None:
        """Show one telemetry message of the unit (`st`, `c`, `sp`, `u`, `t`, `l`)."""
        now = ((message.get("st"), message.get("i")), int(message.get("t") or 0))
        last = self._last
        if last is None or now[0] != last[0] or now[1] - last[1] >= PLAIN_EVERY_S:
            self._last = now
            self.note(status_line(message, self._probes, self._stages))

    def event(self, message: dict[str, Any]) -> None:
        """Show one event of the unit."""
        text = event_text(message, self._stages)
        if text:
            self.note(text)

    def note(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class LiveView(PlainView):
    """The same on a terminal: events scroll by above one line that is kept up to date."""

    def __init__(self, probes: "tuple[str, ...]" = (), stages: "tuple[str, ...]" = ()) -> None:
        super().__init__(probes, stages)
        from rich.console import Console
        from rich.live import Live

        self._console = Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)

    def __enter__(self) -> "LiveView":
        self._live.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._live.stop()

    def status(self, message: dict[str, Any]) -> None:
        from rich.text import Text

        line = status_line(message, self._probes, self._stages)
        self._live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)

    def note(self, text: str) -> None:
        self._console.print(text, markup=False)


def make_view(
    probes: "tuple[str, ...]" = (), stages: "tuple[str, ...]" = ()
) -> "PlainView | LiveView":
    """A live view on a terminal, a plain one in a pipe, a file or a dumb terminal."""
    if sys.stderr.isatty():
        from rich.console import Console

        if not Console(stderr=True).is_dumb_terminal:
            return LiveView(probes, stages)
    return PlainView(probes, stages)


def status_line(
    message: dict[str, Any], probes: "tuple[str, ...]" = (), stages: "tuple[str, ...]" = ()
) -> str:
    """One telemetry message as one line."""
    parts = [str(message.get("st", "?")).upper()]
    stage = message.get("i")
    if isinstance(stage, int):
        name = stages[stage] if stage < len(stages) else f"stage {stage + 1}"
        parts[0] += f" {name}" + (f" ({stage + 1}/{len(stages)})" if stages else "")
    code = message.get("f")
    if code and parts[0] == "FAULT":
        parts[0] += f" {code}"
    elif code:
        parts.append(f"FAULT {code}")
    temps = message.get("c") or ()
    parts += [
        f"{probes[i] if i < len(probes) else f'probe {i + 1}'} {celsius(temp)}"
        for i, temp in enumerate(temps)
    ]
    if message.get("sp") is not None:
        parts.append(f"→ {message['sp']:.1f} °C")
    if message.get("u") is not None:
        parts.append(f"duty {message['u']:.0f} %")
    if message.get("t") is not None:
        parts.append(minutes(message["t"]))
    if message.get("l") is not None:
        parts.append(f"{minutes(message['l'])} left")
    return " · ".join(parts)


def event_text(message: dict[str, Any], stages: "tuple[str, ...]" = ()) -> str:
    """One event as one line, empty for an event that says nothing to a person."""
    name = message.get("ev")
    if name == "fault":
        return fault_text(str(message.get("code")), message.get("detail"))
    stage = message.get("i")
    where = stages[stage] if isinstance(stage, int) and stage < len(stages) else ""
    where = message.get("name") or where
    texts = {
        "start": f"run {message.get('run')} started",
        "stage": f"stage: {where}",
        "stretched": f"the board is behind: the setpoint waits for it (stage {where!r})",
        "reached": f"reached: {where}",
        "ready": f"ready: {where}",
        "operator": f"waiting for you: {where} (press C, or `preheat continue`)",
        "continued": "continued",
        "approach": "approaching a limit: {} at {} of {}".format(
            message.get("role"), celsius(message.get("temp_c")), celsius(message.get("limit_c"))
        ),
        "inhibit": f"heat withheld: {faulttexts.withheld(message.get('code'))}",
        "over": "OVER ITS LIMIT: {} at {} or more ({})".format(
            message.get("probe"),
            celsius(message.get("limit_c")),
            limit_source(message.get("alloy"), message.get("source")),
        ),
        "over_end": "{} is below its limit again: {} at most, {} s above it".format(
            message.get("probe"), celsius(message.get("peak_c")), message.get("above_s")
        ),
        "alarm": _ALARM_TEXTS.get(f"{message.get('code')} {message.get('state')}", ""),
        "unplug": "UNPLUG THE HEATER NOW: heat is on although it was switched off",
        "end": f"run {message.get('run')} ended: {message.get('end')}",
        "closed": f"log {message.get('run')} closed",
        "link": "the unit has not heard from its session",
        "external": "heat from above declared " + ("on" if message.get("on") else "off"),
        "interrupted": f"run {message.get('run')} was cut off by a reset",
        "dropped": f"{message.get('kind')} {message.get('name')} was deleted to make room",
        "incident": f"incident {message.get('name')} recorded: `preheat log incident --unit`",
        "incident_lost": f"the incident could not be kept: {message.get('why')}",
        "ack": "acknowledged: " + (", ".join(message.get("codes") or ()) or "nothing new"),
        "clear": "fault cleared",
    }
    return texts.get(str(name), "")


def fault_text(code: str, detail: Any = None) -> str:
    """A fault as one line: code, cause, detail, next action."""
    text = faulttexts.find(code)
    more = f" [{detail}]" if detail else ""
    if text is None:
        return f"FAULT {code}{more}"
    return f"FAULT {code}: {text.sentence}{more} {text.action}"


def limit_source(alloy: Any, source: Any) -> str:
    """Where a limit comes from, the alloy named in any case."""
    return str(source) if str(alloy) in str(source) else f"{alloy}: {source}"


def celsius(temp_c: Any) -> str:
    """A temperature for people; a dash where there is none."""
    return "— °C" if temp_c is None else f"{temp_c:.1f} °C"


def minutes(seconds: float) -> str:
    """Seconds as m:ss."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
