"""What a browser says of itself, as two words, and an address as a network: enough to recognise, too little to follow."""

from __future__ import annotations

import ipaddress

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_V4, _V6 = 24, 48


def browser_of(user_agent: str) -> str:
    """The browser's name, or nothing for one that is not known."""
    return next((name for mark, name in _BROWSERS if mark in user_agent), "")


def system_of(user_agent: str) -> str:
    """The kind of device or system, or nothing."""
    return next((name for mark, name in _SYSTEMS if mark in user_agent), "")


def network_of(address: str) -> str:
    """The network of an address, `203.0.113.0/24` or `2001:db8:1::/48`; nothing for what is no address."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(given, ipaddress.IPv6Address) and given.ipv4_mapped:
        given = given.ipv4_mapped
    return str(ipaddress.ip_network((given, _V4 if given.version == 4 else _V6), strict=False))  # noqa: PLR2004 - IPv4
