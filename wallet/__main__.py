"""`python -m wallet` is the command `liangzheng`."""

from wallet.cli import main

main(prog_name="liangzheng")
