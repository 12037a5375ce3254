"""Rules: what is to be done with which messages, from YAML to verdicts.

::

    rules.yaml ── reading ──> forms ── compiling, by protocol ──> tables ── changer ──> verdicts

* `reading` makes the `form` of a file: `triggers` is what a rule is on, `quantities` are its times and rates.
* `actions` are what can be done. `templates` are values with placeholders, `drafts` values and whole messages for
  fields; `scope` is where these are compiled, and `names` are those that rules give each other.
* `compiling` makes closures of one rule for one protocol, `tables` has them by direction and payload, and `checking`
  tells what is wrong with rules.
* `standing` is what is known of one connection: what was remembered and counted, and where its chance stands.
* `changer` walks a message through its rules, and `course` is that message on its way.
* `ruleset` has all rules of a run, hands out changers, and counts.

**Order.** Rules are asked in the order in which they are written, files in that of the command line. Each sees the
message as those before it have left it. `drop`, `close` and `abort` end the walk; what else the same rule says is
done. What is done to bytes (`raw`, `truncate`, `corrupt` anywhere) comes at the end, when all fields are settled. What
cannot be done with a message is said once for each rule, and nothing of the rule is done then.

**Which messages.** `on`, then `when`, then `between`, then `after` and `every`, then `limit`, then `probability`: each
counts what came so far. It is counted for each connection, with ``per: run`` in the whole run. A rule that changes
fields of a payload concerns messages with that payload only.

**Chance.** It comes from `seed` (0 if there is none), the connection's number and the rule's name. The same seed and
the same traffic give the same faults, whatever other rules and other connections do.
"""

from paperknife.mutation.rules.changer import RuleChanger
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.ruleset import RuleCount, RuleSet, RulesReport, load_rules

__all__ = ["Act", "Course", "RuleChanger", "RuleCount", "RuleSet", "RulesReport", "load_rules"]
