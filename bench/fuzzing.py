"""What every fuzzer is asked for on its command line."""

from __future__ import annotations

import argparse

__all__ = ["count_and_seed"]


def count_and_seed(description: str | None, count: int) -> argparse.Namespace:
    """How many of whatever is tried (`count` by default), and the seed of the first of them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=count)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    return parser.parse_args()
