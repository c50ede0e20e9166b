"""What is wrong between this laptop and a unit, and what to do: facts first, then findings.

`gathering` reads facts and changes nothing; `judging` is pure. No port is opened but the one that
was named or is known, and only the line protocol is spoken there.
"""
