"""One table, two faces: aligned text for a terminal, HTML for a notebook."""

from html import escape

COLOURS = {
    "PASS": "#2e7d32",
    "FAIL": "#c62828",
    "INCONCLUSIVE": "#b26a00",
    "same bits": "#2e7d32",
    "close": "#2e7d32",
    "different": "#c62828",
    "missing": "#c62828",
}


def text_table(header, rows):
    """Return an aligned table; columns that hold numbers lean to the right.

    >>> print(text_table(("name", "error"), [("x", "1e-16"), ("weight", "0.5")]))
    name    error
    x       1e-16
    weight    0.5
    """
    lines = [tuple(map(str, row)) for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = [_is_numeric(column[1:]) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def html_table(header, rows, *, title="", notes=()):
    """Return the same table as HTML, verdicts in colour, with sentences below it."""
    head = "".join(f"<th style='text-align:left'>{escape(str(cell))}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    below = "".join(f"<li>{escape(note)}</li>" for note in notes)
    name, _, verdict = title.rpartition(" ")
    return (
        f"<div>{escape(name)} {_coloured(verdict)}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{f'<ul>{below}</ul>' if below else ''}</div>"
    )


def _is_numeric(cells):
    return any(cells) and all(not cell or cell[0].isdigit() or cell in ("inf", "nan") for cell in cells)


def _cell(value):
    return f"<td style='text-align:left'>{_coloured(str(value))}</td>"


def _coloured(text):
    colour = COLOURS.get(text)
    return f"<b style='color:{colour}'>{escape(text)}</b>" if colour else escape(text)
