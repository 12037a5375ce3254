"""The smallest editor there is: shows a file, takes ``old=>new`` lines, and saves at an empty one."""

import sys
from pathlib import Path

path = Path(sys.argv[-1])
text = path.read_text()
while True:
    print("\033[2J\033[H" + text)
    line = input("edit> ")
    if not line:
        break
    old, _, new = line.partition("=>")
    text = text.replace(old, new)
path.write_text(text)
