"""The first file that a virtual unit's interpreter runs: argv is the host folder and a config.

Afterwards it behaves like a board: boot.py, main.py, then the REPL (where there is one).
"""

import sys

sys.path.insert(0, sys.argv[1])
from bench.device import child  # pyright: ignore[reportMissingImports]

child.run(sys.argv[2], globals())
