"""Benchmarks: every contender side by side in one run, so that ratios mean something on any machine.

`python -m bench.run` runs them all and writes `bench/RESULTS.md`; `python -m bench.run bursts --quick` a part, briefly.

This process is the load: it plays the client and the origin on raw sockets (`pairs`), sends frames that were built
beforehand (`frames`, `venue_messages`) and counts the bytes that come out. What is measured are the relays between the
two (`contenders`), each a process of its own (`relay_process`), in `rounds` that alternate between them. The themes are
`bursts`, `latency`, `memory`, `large` and `sparse`; each returns what `report` prints. `rendering` is a program of its
own, and `autobahn` compares what the Autobahn test suite says of a connection with us and without us.

The readings of processes come from Linux (/proc and the CPU clocks of processes).
"""
