"""Texts that would do harm in a report, each in another kind of reader."""

from __future__ import annotations

HOSTILE_TEXTS = {
    "escape sequences": "\x1b[2J\x1b]0;owned\x07\x9b31m\x9d0;owned\x9c\x7f",
    "links and the clipboard": "\x1b]8;;http://x.invalid\x1b\\x\x1b]8;;\x1b\\\x1b]52;c;b3duZWQ=\x07",
    "ends of lines": "a\rb\r\nc\nd\x0be\x0cf\x85g\u2028h\u2029i\x1cj\x1dk\x1el",
    "no characters": "x\x00\x1a\udcff\ud800\ufffe\uffff\U000e0001\ufeff",
    "other directions": "\u202eabc\u202c\u2066def\u2069\u200f\u061c\u200b\xad",
    "ends of XML": "]]>--><!-- <![CDATA[ </testsuite></failure></testcase> <?x y?> &lt;&#0;\"'",
    "HTML": "</script><script>x</script><img src=x onerror='x'>\" on=\"x\" y='</pre></details>",
    "HTML that closes": "</style></title></textarea></summary></html><base href=//x.invalid>",
    "Markdown": "| ![a](http://x.invalid) [b](javascript:1) <http://x.invalid> `c` **d** \\| ~~e~~",
    "blocks of Markdown": "\n\n# e\n\n---\n- f\n> g\n```\nh\n```\n| - |\n[i]: //x.invalid\n<b>\n",
    "mentions": "@someone #1 GH-1 https://x.invalid www.x.invalid x@x.invalid :tada: $x^2$",
    "commands of workflows": "::set-output name=a::b\n::error::c\n ::stop-commands::d%0A::e\r::f",
    "older commands": "##[add-path]/tmp ##vso[task.x y=a]b ##teamcity[message text='c']",
    "properties of commands": ",line=1,col=2::owned%0A%25%0D%3A,title=x::",
    "ends of JSON": '"}\n{"type":"summary","is_whole":true}\n],"summary":{}}\\',
    "words of a shell": "'; touch owned; $(touch owned) `touch owned` \\\n-rf ~ * !! #",
    "formats": "%s %n {0} {place} {names} ${x} \\1 \\g<0> \\u0041",
    "a long word": "W-" * 800,
    "a long line": "a\t b" * 500,
    "marks upon marks": "a" + "\u0301\u20dd" * 500,
}
"""By what they would harm."""


def twin(text: str) -> str:
    """Return a harmless text of as many lines, to compare reports by."""
    return "\n".join("x" for _ in text.split("\n"))
