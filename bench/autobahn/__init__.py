"""The Autobahn test suite through our proxy and without it: no case may come out worse with us.

`python -m bench.autobahn` lets the suite's fuzzing client test an echo server, and its fuzzing server an echo client,
each directly and by way of the proxy, and compares what it says of every case. `suite` installs the suite, which needs
Python 2.7; `testees` are the echo server and client, on `websockets`; `verdicts` compares.
"""
