"""The command line: the table of verbs. Each verb lives in its own module beside this file."""

import rich_click as click

from preheat.cli.lazy import LazyGroup, Verb

VERBS = (
    Verb("run", "bench", "preheat.cli.run:run", "Run a profile, with heat."),
    Verb("hold", "bench", "preheat.cli.run:hold", "Warm to one temperature and hold it."),
    Verb("status", "bench", "preheat.cli.watch:status", "Show what the unit is doing now."),
    Verb("watch", "bench", "preheat.cli.watch:watch", "Follow the unit until Ctrl-C."),
    Verb("continue", "bench", "preheat.cli.orders:continue_", "Continue after an operator hold."),
    Verb("stop", "bench", "preheat.cli.orders:stop", "Switch the heat off now."),
    Verb("ack", "bench", "preheat.cli.orders:ack", "Acknowledge the alarm (silences it)."),
    Verb("clear", "bench", "preheat.cli.orders:clear", "Clear a latched fault."),
    Verb("unit", "unit", "preheat.cli.unit:unit", "Name, back up and restore units."),
    Verb("config", "unit", "preheat.cli.config:config", "Check, show and send a unit's settings."),
    Verb("board", "unit", "preheat.cli.board:board", "Show and check board files."),
    Verb("tune", "unit", "preheat.cli.tune:tune", "Measure the unit by a step test, with heat."),
    Verb("calibrate", "unit", "preheat.cli.calibrate:calibrate", "Calibrate a unit's probes."),
    Verb("flash", "unit", "preheat.cli.flash:flash", "Put MicroPython onto a board."),
    Verb("provision", "unit", "preheat.cli.provision:provision",
         "Make boards into proven units, one or many."),
    Verb("deploy", "unit", "preheat.cli.deploy:deploy", "Put the firmware onto a unit."),
    Verb("doctor", "unit", "preheat.cli.doctor:doctor", "Say what is wrong, and what to do."),
    Verb("selftest", "unit", "preheat.cli.selftest:selftest", "Let a unit prove its parts."),
    Verb("profile", "profile", "preheat.cli.profile:profile", "Check and send thermal profiles."),
    Verb("log", "evidence", "preheat.cli.log:log", "List, pull and export run logs."),
    Verb("limits", "evidence", "preheat.cli.limits:limits",
         "Show the limits of a job and who says so."),
    Verb("report", "evidence", "preheat.cli.report:report",
         "Write a page about a run, against its limits."),
    Verb("job", "record", "preheat.cli.job:job", "Open, change and show rework jobs."),
    Verb("operator", "record", "preheat.cli.operator:operator",
         "People, their certificates and skill."),
    Verb("procedure", "record", "preheat.cli.procedure:procedure",
         "Show and check rework procedures."),
    Verb("audit", "record", "preheat.cli.audit:audit", "Verify, export and question the record."),
    Verb("demo", "other", "preheat.cli.demo:demo", "Run a whole job on a virtual hot plate."),
    Verb("virtual", "other", "preheat.cli.virtual:virtual", "Start a virtual unit."),
    Verb(
        "completion", "other", "preheat.cli.completion:completion",
        "Print the script that completes preheat's verbs.",
    ),
)

_PANELS = ("bench", "unit", "profile", "evidence", "record", "other")
_HELP = click.RichHelpConfiguration(
    command_groups={
        "preheat": [
            {"name": panel.capitalize(), "commands": [v.name for v in VERBS if v.panel == panel]}
            for panel in _PANELS
        ]
    },
    show_arguments=False,
)


@click.group(
    cls=LazyGroup,
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "rich_help_config": _HELP},
)
@click.version_option(package_name="preheat", prog_name="preheat")
def root() -> None:
    """A bench preheater controller for PCB rework: deploy, configure, run, keep the evidence.

    An SSR fails ON. Fit a thermal cut-out and never leave a hot unit alone.
    """
