"""What can go wrong, in the words of the domain. `wallet.web.problems` gives each its HTTP form.

`detail` is one Chinese sentence that says what to do. No message carries personal data.
"""

from __future__ import annotations


class DomainError(Exception):
    """The root; `detail` is for a person, `slug` the stable name where one class has several. `about` is which of
    several things that were asked for is meant."""

    slug: str = ""
    about: str = ""

    def __init__(self, detail: str, slug: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        if slug:
            self.slug = slug


class NotSignedIn(DomainError):
    """No session or token, or one that has ended."""


class NotPermitted(DomainError):
    """Signed in, but this is beyond what the account, unit or grant may do."""


class StepUpRequired(DomainError):
    """Permitted, but only shortly after whoever asks has proved again who they are."""


class NotFound(DomainError):
    """Nothing there, or nothing that this account may know of."""


class Invalid(DomainError):
    """Input that breaks a rule; `errors` maps a path in the input to its sentences."""

    def __init__(
        self, detail: str, slug: str = "", errors: dict[str, list[str]] | None = None
    ) -> None:
        super().__init__(detail, slug)
        self.errors = errors or {}


class Conflict(DomainError):
    """The state of things forbids it; the slug says which state."""


class TooMany(DomainError):
    """More often than a limit allows; `retry_after` says in how many seconds it is worth trying."""

    def __init__(self, detail: str, slug: str = "", retry_after: int = 1) -> None:
        super().__init__(detail, slug)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """What this needs is away for the moment."""


class ConfigurationError(Exception):
    """The server may not start like this; the message says which setting to mend."""
