"""`python -m paperknife`."""

from paperknife.entry import main

if __name__ == "__main__":
    main()
