"""Logs of other controllers, built here to their published structures; all readings our own."""


def ramp_c(at_s):
    """What every log below measured: 25 °C, up by 0.5 °C a second to 125 °C."""
    return min(25 + 0.5 * at_s, 125.0)


TIMES_S = [float(s) for s in range(0, 300, 10)]


def t962(standby=3):
    """The serial log of a T-962's improved firmware, with the chatter between its rows."""
    head = "# Time,  Temp0, Temp1, Temp2, Temp3,  Set,Actual, Heat, Fan,  ColdJ, Mode"
    rows = ["T-962-controller open source firmware", "", head]

    def row(at_s, mode, shift=0.0):
        temp = ramp_c(at_s) + shift
        return (
            f"{at_s:6.1f},  {temp:5.1f}, {temp + 2:5.1f}, {temp - 4:5.1f},   0.0,"
            f"  {temp + 1:5.1f}, {temp + 1:5.1f},  {128:3d}, {8:3d},   27.5, {mode}"
        )

    rows += [row(s, "STANDBY") for s in range(500, 500 + standby)]
    rows += ["Reflow started"] + [row(s, "REFLOW") for s in TIMES_S] + ["Reflow done"]
    return "\n".join(rows) + "\n"


def pico_kiln():
    head = (
        "timestamp,elapsed_seconds,current_temp_c,target_temp_c,ssr_output_percent,state,"
        "step_name,step_index,total_steps,measured_rate_c_per_hour"
    )
    rows = [head, "2026-03-01 09:59:50,0.0,25.00,0.00,0.00,IDLE,,0,0,0"]
    rows += [
        f"2026-03-01 10:{int(s) // 60:02}:{int(s) % 60:02},{s:.1f},{ramp_c(s):.2f},"
        f"{ramp_c(s) + 3:.2f},40.00,RUNNING,ramp,1,2,1800.0"
        for s in TIMES_S
    ]
    return "\n".join(rows) + "\n"


def kiln_controller():
    """What its logger writes: no unit anywhere; `heat` is not a share of the power."""
    rows = ["stamp,runtime,temperature,target,state,heat,totaltime,profile"]
    rows += [f"{1.7e9 + s},{s},{ramp_c(s)},{ramp_c(s) + 3},RUNNING,1.0,300,bench" for s in TIMES_S]
    return "\r\n".join(rows) + "\r\n"


def controleo():
    rows = ["Maximum temperature 228C", "Ramp temperature to 125C in 200 seconds"]
    rows += [f"{int(s)}, {ramp_c(s):.2f}, 0, 0" for s in TIMES_S]
    return "\n".join(rows) + "\n"


def columns(head, delimiter=",", clock=False, degrees=ramp_c):
    """Generic: a time and a temperature."""
    def time(s):
        return f"{10 + int(s) // 3600}:{int(s) // 60 % 60:02}:{int(s) % 60:02}" if clock else s

    rows = [delimiter.join(head)]
    rows += [delimiter.join((str(time(s)), str(degrees(s)))) for s in TIMES_S]
    return "\n".join(rows) + "\n"
