"""The weights of an explanation as a picture: one bar a comparison, each beginning where the one before ended."""

from __future__ import annotations

from html import escape

from etl.linking.explain import Explanation
from etl.linking.words import bits_vi
from etl.model.links import LINKS

_WIDTH, _LEFT, _ROW, _TOP, _NUMBERS = 960, 330, 34, 84, 70
_FOR, _AGAINST, _START, _SUM = "#2a7f62", "#b23a48", "#7d8597", "#33415c"


def svg(told: Explanation) -> str:
    """A whole SVG picture that needs nothing from elsewhere. The weights are in bits: +1 doubles the odds."""
    bars, at = [], 0.0
    for number, step in enumerate(told.steps):
        bars.append(
            (
                step.label,
                step.found,
                at,
                at + step.bits,
                step.bits,
                _START if number == 0 else _FOR if step.bits >= 0 else _AGAINST,
            )
        )
        at += step.bits
    bars.append(("Tổng", f"xác suất {100 * told.probability:.1f} %".replace(".", ","), 0.0, at, at, _SUM))
    low = min(0.0, *(min(a, b) for _, _, a, b, _, _ in bars))
    high = max(0.0, *(max(a, b) for _, _, a, b, _, _ in bars))
    scale = (_WIDTH - _LEFT - _NUMBERS) / ((high - low) or 1.0)

    def x(bits: float) -> float:
        return _LEFT + (bits - low) * scale

    height = _TOP + _ROW * len(bars) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        ' font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(told.pair.title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="30" font-size="17" font-weight="bold">{escape(told.pair.title)}</text>',
        f'<text x="16" y="52" fill="#555555">{escape(_subtitle(told))}</text>',
        f'<line x1="{x(0):.1f}" y1="{_TOP - 12}" x2="{x(0):.1f}" y2="{height - 14}" stroke="#999999"/>',
    ]  # fmt: skip
    for number, (label, found, start, end, bits, colour) in enumerate(bars):
        y = _TOP + _ROW * number
        left, width = x(min(start, end)), max(abs(end - start) * scale, 1.0)
        parts += [
            f'<text x="16" y="{y + 10}" font-weight="bold">{escape(label)}</text>',
            f'<text x="16" y="{y + 25}" fill="#555555" font-size="11">{escape(found)}</text>',
            f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="20" fill="{colour}"/>',
            f'<text x="{left + width + 6:.1f}" y="{y + 15}">{bits_vi(bits)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _subtitle(told: Explanation) -> str:
    method = {**LINKS, "refused": "cán bộ xác nhận là khác nhau"}.get(told.method or "", "không khớp")
    return f"Trọng số tính bằng bit: +1 làm khả năng tăng gấp đôi. Cách khớp: {method}."


def page(told: Explanation) -> str:
    """The picture as a web page of its own, with nothing from elsewhere."""
    head = (
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><title>{escape(told.pair.title)}</title></head>'
    )
    return f"{head}<body>\n{svg(told)}</body></html>\n"
