"""`python -m pumplog` is the command line."""

from pumplog.cli import main

if __name__ == "__main__":
    main()
