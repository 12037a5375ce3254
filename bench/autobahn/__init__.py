"""The Autobahn test suite through our proxy and without it: no case may come out worse with us.

`python -m bench.autobahn` lets the suite's fuzzing client test an echo server, and its fuzzing server an echo client,
each directly and by way of the proxy, and compares what it says of every case. `suite` installs the suite, which needs
Python 2.7; `testees` are the echo server and client, on `websockets`, made so that no verdict depends on who is faster;
`verdicts` compares; `outcome` keeps what came out, group by group, as a section of RESULTS.md.

Groups 1 to 7 and 10 take three minutes, 9 takes two. 12 and 13 are 216 cases of a thousand compressed messages each,
and take hours: name some of them (`12.1.*`), give them time (`--seconds 3000`), and run them without us only where it
can make a difference (`--lean`).
"""
