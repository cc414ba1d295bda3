"""Words as people type them into a search box."""


def clean_words(text: str, *, most: int = 200) -> str:
    """The words with one blank between them, no control characters, at most `most` characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
