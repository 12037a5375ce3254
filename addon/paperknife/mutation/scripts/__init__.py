"""Scripts: functions of the user's own that read and change messages as they pass.

::

    def client_order(order, connection):          # an order that the client sends
        if order.quantity > 100:
            order.quantity = 100

    async def server(message, connection): ...    # anything that the server sends
    def opened(connection): ...
    def closed(connection): ...

* `loading` makes a module of the file that the user named, and of no other; `naming` checks what its functions are for.
* `connection` is what a function is given besides the message: to send, to drop, to remember.
* `calling` calls a function: it works on a copy, and what it has set there is spliced into the message's bytes. What it
  raises is one line for the user, with the traceback in the log; the message passes as it was.
* `walk` calls all functions that are for one message. While one awaits something the message is held, and all behind
  it in its direction.
* `changer` asks the functions for one connection, and `library` has all scripts of a run, and loads them anew.

A function named for a payload is given that payload's message, ``client`` and ``server`` the whole envelope. All that
is for a message is called in the order of the file. A function under another name is for the rules' ``script: name``.
"""

from paperknife.mutation.scripts.changer import ScriptChanger
from paperknife.mutation.scripts.connection import ScriptConnection
from paperknife.mutation.scripts.library import Scripts
from paperknife.mutation.scripts.loading import ScriptError

__all__ = ["ScriptChanger", "ScriptConnection", "ScriptError", "Scripts"]
