"""Names that a program may mean without a definition: its language's own, and those of an import.

A block that lacks one of these forgot an import or misspelt a word; it waits for no other block.
"""

from __future__ import annotations

import builtins
import keyword
import sys

_PYTHON_USUAL = """
np pd plt sns tf torch nn sp scipy sk sklearn numpy pandas matplotlib seaborn requests bs4 cv2 PIL
pytest flask django fastapi pydantic sqlalchemy aiohttp httpx yaml attr attrs click rich tqdm openai
nltk spacy networkx sympy nx dt mpl
""".split()  # noqa: SIM905 - a table of words
_PYTHON_IMPORTED = """
ABC Annotated Any Awaitable Callable ChainMap ClassVar Coroutine Counter Decimal Dict Enum Executor
Final Flag Fraction Generator Generic IntEnum IntFlag Iterable Iterator List Literal Lock Mapping
MagicMock Mock NamedTuple NewType Optional OrderedDict Path Process Protocol Queue Self Sequence Set
SimpleNamespace StrEnum StringIO BytesIO TestCase Thread ThreadPoolExecutor ProcessPoolExecutor
Tuple Type TypeAlias TypeVar TypedDict Union abstractmethod accumulate asdict cache cached_property
cast ceil chain closing combinations contextmanager date dataclass deepcopy defaultdict deque
dedent field floor getLogger glob groupby heapify heappop heappush insort islice itemgetter
lru_cache mean median namedtuple overload partial patch permutations pformat pprint product randint
reduce sleep sqrt starmap suppress timedelta timezone total_ordering tee urlopen urlparse uuid4
wraps zip_longest
""".split()  # noqa: SIM905 - a table of words
_OTHER_LANGUAGES = """
true false null nil undefined console this System fmt NULL TRUE FALSE Null nullptr let var const
function func new void struct interface extends implements String string boolean number
""".split()  # noqa: SIM905 - a table of words
_SCRIPT_WORDS = """
abstract any arguments as async await bigint boolean break case catch class const continue debugger
declare default delete do else enum export extends false finally for from function get if implements
import in infer instanceof interface is keyof let module namespace never new null number object of
package private protected public readonly require return satisfies set static string super switch
symbol this throw true try type typeof undefined unique unknown var void while with yield
""".split()  # noqa: SIM905 - a table of words
_SCRIPT_NAMES = """
Array ArrayBuffer Atomics BigInt Boolean Buffer DataView Date Error EvalError Float32Array
Float64Array Function Infinity Int16Array Int32Array Int8Array Intl JSON Map Math NaN Number Object
Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder
TextEncoder TypeError URL URLSearchParams Uint16Array Uint32Array Uint8Array WeakMap WeakRef WeakSet
WebSocket clearInterval clearTimeout console decodeURIComponent encodeURIComponent exports fetch
globalThis isFinite isNaN module parseFloat parseInt process queueMicrotask require setImmediate
setInterval setTimeout structuredClone Awaited Capitalize Exclude Extract Iterable Iterator
NonNullable Omit Parameters Partial Pick Readonly ReadonlyArray Record Required ReturnType Uppercase
Lowercase InstanceType PromiseLike AsyncIterable Generator
""".split()  # noqa: SIM905 - a table of words
_SCRIPT_MODULES = """
assert child_process cluster crypto dns events express fs http http2 https lodash moment net os path
perf_hooks querystring readline stream string_decoder timers tls url util v8 vm worker_threads zlib
react React ReactDOM Vue axios _ jQuery useState useEffect useRef useMemo useCallback describe it
test expect EventEmitter readFile writeFile readFileSync writeFileSync promisify z PrismaClient
""".split()  # noqa: SIM905 - a table of words

_PYTHON_OWN = frozenset([*keyword.kwlist, *dir(builtins), "self", "cls", "print"])
_PYTHON_FORGOTTEN = frozenset([*sys.stdlib_module_names, *_PYTHON_USUAL, *_PYTHON_IMPORTED])
_SCRIPT_OWN = frozenset([*_SCRIPT_WORDS, *_SCRIPT_NAMES])

OWN_NAMES: dict[str, frozenset[str]] = {
    "python": _PYTHON_OWN,
    "javascript": _SCRIPT_OWN,
    "typescript": _SCRIPT_OWN,
    "sql": frozenset(),
}
"""By language: its keywords and built-in names."""
FORGOTTEN_NAMES: dict[str, frozenset[str]] = {
    "python": _PYTHON_FORGOTTEN | frozenset(_OTHER_LANGUAGES),
    "javascript": frozenset([*_SCRIPT_MODULES, "None", "True", "False", "print", "self", "nil"]),
    "typescript": frozenset([*_SCRIPT_MODULES, "None", "True", "False", "print", "self", "nil"]),
    "sql": frozenset(),
}
"""By language: what programs import under these names, and words of other languages."""
