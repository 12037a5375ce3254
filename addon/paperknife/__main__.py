"""`python -m paperknife`."""

from paperknife.cli import main

if __name__ == "__main__":
    main(prog_name="paperknife")
