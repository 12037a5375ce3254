"""What a process of ours sets."""

import subprocess
import sys


def test_a_tuned_process_switches_fast_and_leaves_old_objects_alone() -> None:
    """After tuning, threads give way within a millisecond and what was there is out of garbage collection."""
    script = (
        "import gc, sys; from paperknife.proxy.tuning import tune_process; tune_process();"
        "assert sys.getswitchinterval() <= 0.001; assert gc.get_freeze_count() > 1000; assert gc.isenabled()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)
