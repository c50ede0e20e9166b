"""The short orders to a unit: continue, stop, ack, clear."""

import rich_click as click

from preheat.cli.common import Output, json_option, port_option, unit_link


@click.command("continue")
@port_option
@json_option
def continue_(port: "str | None", as_json: bool) -> None:
    """Continue after an operator hold.

    Works from any window: it goes through the session that started the run.
    """
    from preheat.ownership import claim_args

    output = Output(as_json)
    with unit_link(port, output) as link:
        link.request("continue", **claim_args(link))
    output.say("continued")
    output.document({"continued": True})


@click.command()
@port_option
@json_option
def stop(port: "str | None", as_json: bool) -> None:
    """Switch the heat off now.

    Needs no claim: anyone may stop. "heat off" is printed only after the unit said so.
    """
    from preheat.errors import DeviceLost

    output = Output(as_json)
    with unit_link(port, output) as link:
        answer = link.request("stop")
        if answer.get("heat") is not False:
            raise DeviceLost(
                "the unit answered, but did not confirm that heat is off", "cut the mains by hand"
            )
    output.say("heat off")
    output.document({"heat": False})


@click.command()
@port_option
@json_option
def ack(port: "str | None", as_json: bool) -> None:
    """Acknowledge all alarms: the buzzer goes silent, a fault stays latched."""
    output = Output(as_json)
    with unit_link(port, output) as link:
        codes = link.request("ack").get("acked") or []
    output.say(f"acknowledged: {', '.join(codes) or 'nothing, there was nothing new'}")
    output.document({"acked": codes})


@click.command()
@port_option
@json_option
def clear(port: "str | None", as_json: bool) -> None:
    """Clear latched faults whose cause is gone; refused while it is still measured."""
    from preheat import faulttexts
    from preheat.errors import Refused

    output = Output(as_json)
    with unit_link(port, output) as link:
        try:
            codes = link.request("clear")["cleared"]
        except Refused as refusal:
            # Such as: tc_open is still there: plate reads nothing
            code = refusal.message.partition("`clear`: ")[2].partition(" ")[0].rstrip(":")
            text = faulttexts.find(code)
            if text is None:
                raise
            raise Refused(refusal.message, text.action, refusal.code) from refusal
        status = link.request("status")
    what = f"cleared: {', '.join(codes)}" if codes else "nothing was latched"
    output.say(f"{what}; the unit is {status['state']}")
    output.document({
        "cleared": True, "codes": codes, "state": status["state"], "faults": status["faults"]
    })  # fmt: skip
