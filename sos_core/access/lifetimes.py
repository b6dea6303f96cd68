"""How long sessions and links are good for; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

SESSION_LENGTH = timedelta(hours=12)
IDLE_LENGTH = timedelta(minutes=30)
TOUCH_INTERVAL = timedelta(minutes=1)
"""How coarse the last use of a session is kept, so that not every request writes."""
INVITATION_LENGTH = timedelta(days=7)
RESET_LENGTH = timedelta(hours=1)
STEPS_LENGTH = timedelta(minutes=10)
"""How long signing in may take from the password to the end."""
ENROLLMENT_LENGTH = timedelta(minutes=10)
"""How long the seed of a second factor waits for its first code."""
FRESH_LENGTH = timedelta(minutes=5)
"""How long a sign-in through another system stands for the password that an account has not."""


def is_alive(
    now: datetime, *, used_at: datetime, expires_at: datetime, idle_seconds: int | None
) -> bool:
    """Return whether a session is good at ``now``: neither too old nor unused for too long.

    Its last use is kept by the minute, so that a session may seem idle up to a minute too long.
    """
    if now >= expires_at:
        return False
    return idle_seconds is None or now < used_at + timedelta(seconds=idle_seconds)


def is_touch_due(now: datetime, used_at: datetime) -> bool:
    """Return whether the last use of a session is to be written again."""
    return now >= used_at + TOUCH_INTERVAL


def device_of(user_agent: str) -> str:
    """Return the family of a browser and of its system, by which a person knows the device.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox, Linux'
    >>> device_of("curl/8.5.0")
    ''
    """
    browsers = {
        "Edg/": "Edge", "OPR/": "Opera", "SamsungBrowser/": "Samsung Internet",
        "Firefox/": "Firefox", "FxiOS/": "Firefox", "CriOS/": "Chrome", "Chrome/": "Chrome",
        "Safari/": "Safari",
    }  # fmt: skip
    systems = {
        "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
        "CrOS": "ChromeOS", "Mac OS X": "macOS", "Linux": "Linux",
    }  # fmt: skip
    found = [
        next((name for mark, name in known.items() if mark in user_agent[:500]), "")
        for known in (browsers, systems)
    ]
    return ", ".join(part for part in found if part)
