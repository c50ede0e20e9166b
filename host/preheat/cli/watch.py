"""`status` (one look) and `watch` (follow until Ctrl-C)."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, as_json_line, json_option, port_option, unit_link


@click.command()
@port_option
@json_option
def status(port: "str | None", as_json: bool) -> None:
    """Show what the unit is doing now: state, probes, run, faults."""
    from preheat.calibration import known

    output = Output(as_json)
    with unit_link(port, output) as link:
        answer = {k: v for k, v in link.request("status").items() if k not in ("id", "ok")}
        rows = link.request("alarms")["alarms"]
        hello = link.hello
        warnings = known.overdue(link)
    for line in status_lines(hello, answer, rows):
        output.say(line)
    for sentence in warnings:
        output.say(f"WARNING  {sentence}")
    identity = {"unit": hello.get("name"), "uid": hello.get("uid")}
    output.document({**identity, **answer, "alarm_list": rows, "warnings": warnings})


@click.command()
@port_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line.")
def watch(port: "str | None", as_json: bool) -> None:
    """Follow the unit until Ctrl-C: temperatures, events, faults.

    Only looks: a run that was started elsewhere goes on when this ends.
    """
    from preheat.ownership import shared
    from preheat.runview import make_view

    output = Output(as_json)
    with unit_link(port, output) as link, shared(link, "watch"):
        now = link.request("status")
        for line in status_lines(link.hello, now, link.request("alarms")["alarms"]):
            output.say(line)
        names = tuple(row[0] for row in now.get("probes", ()))
        try:
            if as_json:
                _print_lines(link)
            else:
                with make_view(names) as view:
                    _show(link, view)
        except KeyboardInterrupt:
            for line in _noise_now(link):
                output.note(line)
            output.note("left; the unit goes on as it was")


def _noise_now(link: Any) -> list[str]:
    """What the run has counted until now; nothing where the unit does not answer any more."""
    from preheat.errors import PreheatError
    from preheat.hints import noise_lines

    try:
        return [f"noise    {line}" for line in noise_lines(link.request("status")["noise"])]
    except (PreheatError, KeyboardInterrupt):
        return []


def _print_lines(link: Any) -> None:
    from preheat import faulttexts

    while True:
        for message in faulttexts.told(link.poll(0.2)):
            click.echo(as_json_line(message))


def _show(link: Any, view: Any) -> None:
    while True:
        for message in link.poll(0.2):
            if "ev" in message:
                view.event(message)
            elif "st" in message:
                view.status(message)
            elif "hello" in message:
                view.note("the unit restarted; it does not resume heating by itself")


def status_lines(hello: dict[str, Any], now: dict[str, Any], alarms: Any = ()) -> list[str]:
    """The whole status as text; `alarms` are the rows of the answer to `alarms`."""
    from preheat.hints import alarm_lines, noise_lines
    from preheat.runview import celsius, minutes

    lines = [f"unit     {hello.get('name') or '(unnamed)'}  board {hello.get('board') or '—'}"]
    state = now["state"]
    if now.get("stage") is not None:
        state += f", stage {now['stage'] + 1}/{now.get('stages')} {now.get('stage_name') or ''}"
    if now.get("waiting") == "operator":  # ramp and hold are the state itself
        state += ", waiting for: operator"
    if now.get("trial"):
        state += f", selftest tries: {now['trial']}"
    lines.append(f"state    {state}")
    for name, role, temp_c, fault in now.get("probes", ()):
        reading = celsius(temp_c) if fault is None else f"NO READING: {fault}"
        lines.append(f"probe    {name} ({role}): {reading}")
    if now.get("run_id"):
        times = minutes(now.get("elapsed_s") or 0)
        if now.get("left_s") is not None:
            times += f", {minutes(now['left_s'])} left"
        lines.append(f"run      {now['run_id']} {now.get('profile')} ({now.get('alloy')}) {times}")
    if now.get("setpoint_c") is not None:
        duty = 100 * (now.get("duty") or 0)
        lines.append(f"heat     setpoint {celsius(now['setpoint_c'])}, duty {duty:.0f} %")
    if now.get("limit"):
        role, trip_c, source = now["limit"]
        lines.append(f"limit    {role}: {trip_c:.0f} °C ({source})")
    if now.get("end") and not now.get("run_id"):  # else it would look like this run's end
        lines.append(f"last end {now['end']}")
    lines += [f"noise    {line}" for line in noise_lines(now.get("noise") or ())]
    lines += [f"alarm    {line}" for line in alarm_lines(alarms, now.get("uptime_ms"))]
    if now.get("faults"):
        lines.append(
            "next     `preheat log incident --unit` shows it, `preheat ack` silences, "
            "`preheat clear` when the cause is gone"
        )
    return lines
