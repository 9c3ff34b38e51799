"""The names that browsers give a program and Node does not: what lacks one of them needs a browser.

Names that a lesson likely gives a class of its own (`Node`, `Element`, `Option`) are left out: to
lack one of those says nothing of a browser.
"""

from __future__ import annotations

_WINDOW = (
    *("document", "window", "self", "screen", "location", "history", "navigator", "frames"),
    *("localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore", "customElements"),
    *("alert", "confirm", "prompt", "fetch", "matchMedia", "getComputedStyle", "getSelection"),
    *("requestAnimationFrame", "cancelAnimationFrame", "requestIdleCallback", "scrollTo"),
    *("speechSynthesis", "visualViewport", "innerWidth", "innerHeight", "onload"),
)
_CLASSES = (
    *("XMLHttpRequest", "WebSocket", "Worker", "SharedWorker", "ServiceWorker", "EventSource"),
    *("Audio", "AudioContext", "Image", "FileReader", "DOMParser", "XMLSerializer", "NodeList"),
    *("CanvasRenderingContext2D", "DOMRect", "DocumentFragment", "NodeFilter", "Range"),
    *("MutationObserver", "IntersectionObserver", "ResizeObserver", "Notification"),
    *("KeyboardEvent", "MouseEvent", "PointerEvent", "TouchEvent", "UIEvent", "InputEvent"),
    *("SpeechSynthesisUtterance", "SpeechRecognition", "RTCPeerConnection", "Path2D"),
)
BROWSER_NAME = rf"(?:{'|'.join((*_WINDOW, *_CLASSES))}|(?:HTML|SVG)\w*Element)"
"""Pattern of all of them."""
