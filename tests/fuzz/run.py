"""The fuzzer's own process: `python -m tests.fuzz.run COMMAND [libFuzzer's arguments]`.

COMMAND is what libFuzzer starts to run itself again.
"""

import sys

import atheris

with atheris.instrument_imports(include=["verify"]):
    from tests.fuzz.target import run

if __name__ == "__main__":
    atheris.enabled_hooks.add("RegEx")
    atheris.Setup(sys.argv[1:], run)
    atheris.Fuzz()
