"""Documents lead to one another: each relative link is to a file that is there, and to a heading that it has."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")
DOCUMENTS = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]


def anchors(path: Path) -> set[str]:
    """What headings are called in links: small letters and digits, hyphens for blanks; a second of a name has -1."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text()), re.MULTILINE):
        name = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        found.add(f"{name}-1" if name in found else name)
    return found


def links(path: Path) -> list[str]:
    """Where a document leads to, but for the web."""
    return [link for link in LINK.findall(FENCED.sub("", path.read_text())) if "://" not in link]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """To a file that is there, and a heading that it has."""
    broken = []
    for link in links(path):
        name, _, heading = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (heading and heading not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_what_is_linked_is_part_of_the_project() -> None:
    """No link is to a file that git ignores, so that others would not have it; a source archive has them all."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return
    files = {(ROOT / name).resolve() for name in listed.stdout.split("\0") if name}
    folders = {folder for file in files for folder in file.parents}
    targets = {(path.parent / link.partition("#")[0]).resolve() for path in DOCUMENTS for link in links(path)}
    assert sorted(map(str, targets - files - folders)) == []
