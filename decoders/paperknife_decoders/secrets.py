"""Which fields hold secrets: declared paths, and a list of exact built-in names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.descriptor import FieldDescriptor

__all__ = ["ANYWHERE", "MASK", "NO_SECRETS", "SECRET_NAMES", "Secrets"]

MASK = "[redacted]"
"""What stands in paperknife's output where a secret was."""

SECRET_NAMES = frozenset(
    {
        "accesskey",
        "accesstoken",
        "apikey",
        "apipassphrase",
        "apipassword",
        "apisecret",
        "apitoken",
        "appkey",
        "applicense",
        "appsecret",
        "authenticationtoken",
        "authkey",
        "authorization",
        "authtoken",
        "bearer",
        "bearertoken",
        "clientassertion",
        "clientsecret",
        "confirmpassword",
        "consumersecret",
        "credential",
        "credentials",
        "csrftoken",
        "currentpassword",
        "cvc",
        "cvv",
        "devicetoken",
        "encryptionkey",
        "idtoken",
        "jwt",
        "licensekey",
        "listenkey",
        "logintoken",
        "masterkey",
        "mfacode",
        "mfatoken",
        "newpassword",
        "oauthtoken",
        "oldpassword",
        "onetimepassword",
        "otp",
        "otpcode",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "passwordhash",
        "pin",
        "pincode",
        "presharedkey",
        "privatekey",
        "privatetoken",
        "pwd",
        "recoverycode",
        "refreshtoken",
        "secret",
        "secretaccesskey",
        "secretkey",
        "servicetoken",
        "sessionkey",
        "sessiontoken",
        "sharedkey",
        "sharedsecret",
        "signingkey",
        "token",
        "totp",
        "totpcode",
        "twofactorcode",
        "usertoken",
        "verificationcode",
        "webhooksecret",
        "xsrftoken",
    }
)
"""Names of string and bytes fields that are secret in any schema, in lower case and without underscores.

Names are compared whole, in any case, without underscores, dashes and an ``X-`` before them: `api_key`, `apiKey` and
`X-Api-Key` are secret, `instrument_token` is not.
"""

ANYWHERE = "*."
"""What a declared name begins with that is secret wherever a field has it, as the built-in ones are."""

LONGEST_NAME = 100
"""Characters; a longer name is none."""

TEXT_KINDS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What to mask in everything that paperknife shows.

    `paths` are declared field paths from the envelope inwards (``login.password``); they hold for fields of any kind.
    `names` are compared with the fields anywhere that carry text: strings, bytes, maps of these, wrappers of one.
    """

    paths: frozenset[str] = frozenset()
    names: frozenset[str] = SECRET_NAMES

    def with_declared(self, declared: Iterable[str]) -> Secrets:
        """With declared paths, and names of fields anywhere (``*.user_id``); nothing more where nothing is masked."""
        if not self.names:
            return self
        found = set(declared)
        names = {each.removeprefix(ANYWHERE) for each in found if each.startswith(ANYWHERE)}
        paths = {each for each in found if not each.startswith(ANYWHERE)}
        return Secrets(self.paths | paths, self.names.union(map(folded, names)))

    def hides(self, field: FieldDescriptor, path: Sequence[str]) -> bool:
        """True if `field`, found at `path` (names from the envelope inwards, its own last), is a secret."""
        if self.paths and ".".join(path) in self.paths:
            return True
        return self.hides_name(field.name) and carries_text(field)

    def hides_name(self, name: str) -> bool:
        """True if a text value called `name` is a secret, as in a URL's query or a header."""
        return len(name) <= LONGEST_NAME and folded(name) in self.names


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name as `SECRET_NAMES` has it; peers may give any, so that neither number nor length goes without a bound."""
    return name.lower().removeprefix("x-").replace("_", "").replace("-", "")


def carries_text(field: FieldDescriptor) -> bool:
    """True for strings and bytes, for a map of them, and for a message that only wraps one (``StringValue``)."""
    kind = field.message_type
    if kind is None:
        return field.type in TEXT_KINDS
    wraps = len(kind.fields) == 1 or kind.GetOptions().map_entry
    content = kind.fields_by_name.get("value") if wraps else None
    return content is not None and content.type in TEXT_KINDS and not content.is_repeated


NO_SECRETS = Secrets(names=frozenset())
"""Mask nothing: the user asked for it."""
