"""Schema sources to a private descriptor pool, with every fault that was met on the way.

Sources go through this package in one direction::

    paths -> sources -> roots -> compiler -+
          (which files)                    +-> assembly -> Schema
                     -> descriptor_files --+

* `sources` sorts what the user named into `.proto` files, descriptor sets, generated Python modules and recordings.
* `roots` finds the import roots: the folders given, and those that the `import` lines imply.
* `compiler` runs protoc in a process of its own and goes on with all that compiles.
* `descriptor_files` reads descriptor sets and lifts descriptors out of generated modules, without running those; out of
  recordings by what it is given for that.
* `assembly` adds files to a fresh pool in the order of their dependencies.
* `loaded` is the result, `Schema`: its messages, by full or short name. `proto_text` (with
  `proto_words`) writes them as in a `.proto`.
* `embedded` makes a schema of the bytes of a descriptor set, such as a recording holds.
* `watch` notices that one of the files changed on disk.

A fault in one file costs that file and those that import it. `SchemaError` is for what leaves nothing to work with.
"""

from paperknife_decoders.schema.faults import Fault, SchemaError
from paperknife_decoders.schema.loaded import Schema
from paperknife_decoders.schema.loading import load_schema

__all__ = ["Fault", "Schema", "SchemaError", "load_schema"]
