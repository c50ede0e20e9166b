"""The gates before heat: one table, what it finds for a question, and the way past a refusal.

docs/record.md shows the table; a test holds the two together.
"""

from collections.abc import Iterable
from datetime import datetime

from preheat.errors import Refused, UsageError
from preheat.record import judgeheat, judgejob, judgepeople
from preheat.record.model import Job, Override, Warned
from preheat.record.question import Finding, Gate, Question
from preheat.record.terms import ARTICLE

_HOUSE = "our own: a rule that cannot be judged is not kept"
_REFUSE, _WARN = "refuse", "warn"
WORDS = 4000  # of a finding are kept with a run: whatever it says, the run must be recorded

GATES = (
    Gate("job-open", _REFUSE, "The job is open: a closed one takes no run.", _HOUSE,
         "reopen it with a reason, or open another", judgejob.still_open, overridable=False),
    Gate("operator", _REFUSE, "The record knows who heats.", _HOUSE,
         "enter the person: preheat operator add", judgepeople.operator),
    Gate("certificate", _REFUSE, "The operator has a certificate that counts today.", ARTICLE,
         "certify the operator, or let a certified one do it", judgepeople.certificate),
    Gate("module", _REFUSE, "The operator holds module 1 and those of the procedures.", ARTICLE,
         "train the operator in it, or let one do it who is", judgepeople.module),
    Gate("lecture-only", _WARN, "A module was practised, not only heard in a lecture.", ARTICLE,
         "prove practice in the module, and enter it", judgepeople.lecture),
    Gate("skill", _REFUSE, "The operator's skill reaches that of every procedure.", ARTICLE,
         "let a more skilled operator do it, or demonstrate the skill", judgepeople.skill),
    Gate("procedure-none", _WARN, "The job names its procedures.", ARTICLE,
         "name what the work follows", judgepeople.no_procedure),
    Gate("procedure-unknown", _REFUSE, "Every procedure that the job names is known.", _HOUSE,
         "correct its id, or add the site's file", judgepeople.unknown_procedure),
    Gate("activity", _WARN, "The procedures are of the job's activity.", ARTICLE,
         "open the job as what it is: the approvals differ", judgepeople.activity),
    Gate("board-type", _WARN, "The procedures are for the board's type.", ARTICLE,
         "take a procedure for this type", judgepeople.board_type),
    Gate("repair-approval", _REFUSE, "A repair is approved by customer or engineering.", ARTICLE,
         "enter the reference of the approval", judgejob.approval),
    Gate("change-order", _REFUSE, "A modification has an engineering change order.", ARTICLE,
         "enter the number of the order", judgejob.change_order),
    Gate("class3-low", _REFUSE, "No procedure of Low conformance on a class 3 board.", ARTICLE,
         "take a procedure of higher conformance", judgepeople.low_conformance),
    Gate("class3-below-high", _WARN, "Procedures on a class 3 board reach High.", ARTICLE,
         "take the method that reaches High", judgepeople.doubtful_conformance),
    Gate("coating", _REFUSE, "The coating is off where the heat goes.", ARTICLE,
         "remove it, and enter how and by whom", judgejob.coating_there),
    Gate("coating-method", _WARN, "The coating was removed by a method that fits it.", ARTICLE,
         "look for remains before heat", judgejob.coating_method),
    Gate("lead-bismuth", _REFUSE, "SnBi and SnPb never meet: together they melt at 95 °C.",
         "NIST, Moon et al.: ternary eutectic of Sn, Pb, Bi at 95.3 °C",
         "use another alloy, or state what the board is soldered with", judgejob.lead_and_bismuth),
    Gate("alloys-mixed", _WARN, "The new alloy is that of the board.", ARTICLE,
         "know the metallurgy of the mix, or use the board's alloy", judgejob.mixed),
    Gate("profile-alloy", _REFUSE, "The profile is for an alloy of the job, and its bottom heat "
         "spares the joints there.", "our own: a wrong alloy means wrong limits",
         "choose a profile for the job's alloy, or correct the job", judgejob.profile_alloy),
    Gate("flux-alloy", _REFUSE, "The flux is made for the alloy of the joint.", ARTICLE,
         "use a flux for this alloy", judgejob.flux),
    Gate("flux-unstated", _WARN, "The record says for which alloys a flux is made.", _HOUSE,
         "enter what its label says", judgejob.flux_unstated),
    Gate("solder-alloy", _WARN, "Solder and paste are of the job's new alloy.", ARTICLE,
         "use the right lot, or correct the job", judgejob.solder),
    Gate("material-expired", _WARN, "No lot is past its date.", "the makers' labels",
         "take a fresh lot", judgejob.material_expired),
    Gate("cycles-contract", _REFUSE, "The contract's limit of heat cycles is kept.",
         "customer or contract, as the job states it",
         "ask the customer for another cycle", judgeheat.contract_cycles),
    Gate("cycles-many", _WARN, "Without a contract, a site sees two heat cycles.",
         "AMD AM013: at most two more reflows of a BGA", "look at the site, and go on if it is "
         "sound", judgeheat.many_cycles),
    Gate("bake-due", _REFUSE, "A moisture-sensitive part is within its floor life, or baked.",
         "J-STD-033 tables as reprinted by vendors, in part unverified",
         "bake it, and enter temperature and hours", judgeheat.bake),
    Gate("clock", _WARN, "This computer's clock is not behind the record.", _HOUSE,
         "set the clock, or look what has expired since", judgeheat.clock),
    Gate("calibration-expired", _REFUSE, "No probe's calibration is past its last day.",
         "the unit's settings", "calibrate the probe: preheat calibrate",
         judgeheat.calibration_expired),
    Gate("calibration-unknown", _WARN, "Every probe has a calibration with an end.", _HOUSE,
         "calibrate, with a date until when", judgeheat.calibration_unknown),
)  # fmt: skip


def find(name: str) -> Gate:
    """The gate of a name; UsageError if there is none."""
    for gate in GATES:
        if gate.name == name:
            return gate
    known = ", ".join(gate.name for gate in GATES)
    raise UsageError(f"there is no gate {name!r}", f"name one of {known}")


def judge_all(question: Question) -> list[Finding]:
    """Every gate that is not satisfied, in the table's order, overridden ones with who did it."""
    found = []
    for gate in GATES:
        text = gate.judge(question)
        if text is not None:
            found.append(Finding(gate, text, _overridden(question.job, gate)))
    return found


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that hold the heat back."""
    return [finding for finding in findings if finding.blocks]


def warned(findings: Iterable[Finding]) -> tuple[Warned, ...]:
    """Those that only tell, as a run keeps them."""
    return tuple(
        Warned(finding.gate.name, finding.text[:WORDS])
        for finding in findings
        if finding.gate.severity == _WARN
    )


def require(findings: Iterable[Finding], job: int) -> None:
    """Refused, code "gate", with everything that holds the heat back; nothing if nothing does."""
    held = blocking(findings)
    if not held:
        return
    count = "1 gate is" if len(held) == 1 else f"{len(held)} gates are"
    fix = held[0].gate.satisfied_by
    if all(finding.gate.overridable for finding in held):
        fix += "; or override with a name and a reason, which stay recorded"
    raise Refused(
        f"job {job}: {count} not satisfied: {held[0].gate.name}: {held[0].text}",
        fix,
        "gate",
        [str(finding) for finding in held],
    )


def override(rule: str, name: str, reason: str, at: datetime) -> Override:
    """A person's way past a gate, to be appended to the job. UsageError with all that is missing.

    It counts for the job's next run only: the one after may be another day, by somebody else.
    """
    gate = find(rule)
    problems = []
    if not gate.overridable:
        problems.append("nobody may go past it")
    if gate.severity == _WARN:
        problems.append(f"{rule} only warns; there is nothing to override")
    if not name.strip():
        problems.append("who overrides is missing")
    if not reason.strip():
        problems.append("the reason is missing")
    if problems:
        needs = gate.overridable and gate.severity == _REFUSE
        fix = "an override needs a name and a reason" if needs else "leave this override out"
        raise UsageError(f"no override of {rule}: {'; '.join(problems)}", fix, tuple(problems))
    return Override(rule, name.strip(), reason.strip(), at)


def _overridden(job: Job, gate: Gate) -> Override | None:
    """The newest override of this gate that no run has spent. The order counts, not the clock."""
    if not gate.overridable:
        return None
    fresh = [one for one in job.overrides[job.overrides_used :] if one.rule == gate.name]
    return fresh[-1] if fresh else None
