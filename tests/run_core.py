"""Run plain test-function files without pytest, on CPython or MicroPython.

Usage: run_core.py [--list] FILE… . Every test_* function of every file is run by itself; one line
each, `ok file::test` or `FAIL file::test` with a traceback, and a last line `core: …`. A file
without tests is a failure. --list prints the names instead of running them.
"""

import sys


def _show(error):
    if hasattr(sys, "print_exception"):  # MicroPython
        sys.print_exception(error, sys.stdout)
    else:
        import traceback

        print("".join(traceback.format_exception(error)))


def _load(path):
    """The module's file name without .py, and its test functions as (name, function) pairs."""
    folder, _, name = path.replace("\\", "/").rpartition("/")
    stem = name[:-3]
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = __import__(stem)
    names = sorted(n for n in dir(module) if n.startswith("test_"))
    return stem, [(n, getattr(module, n)) for n in names if callable(getattr(module, n))]


def run(paths, only_list=False) -> int:
    """Run (or list) the files; the number of failures."""
    passed = failed = 0
    for path in paths:
        try:
            stem, tests = _load(path)
        except Exception as error:
            print(f"FAIL {path}::import")
            _show(error)
            failed += 1
            continue
        if not tests:
            print(f"FAIL {stem}::no_tests\nThis file has no test functions.")
            failed += 1
        for name, test in tests:
            try:
                if not only_list:
                    test()
            except Exception as error:
                print(f"FAIL {stem}::{name}")
                _show(error)
                failed += 1
            else:
                print(f"ok {stem}::{name}")
                passed += 1
    print(f"core: {passed} passed, {failed} failed, {len(paths)} files")
    return failed


def main(args) -> int:
    """Exit code 0 if everything passed, else 1."""
    only_list = "--list" in args
    return 1 if run([a for a in args if a != "--list"], only_list) else 0


if __name__ == "__main__":
    above = __file__.replace("\\", "/").split("/")[:-2]  # a relative path on MicroPython
    sys.path.insert(0, "/".join((above or ["."]) + ["firmware", "lib"]))
    sys.exit(main(sys.argv[1:]))
