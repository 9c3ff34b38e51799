"""Names that Java has: what others may be misspellings of, and what fragments may import."""

from __future__ import annotations

STANDARD_IMPORTS = (
    "java.io",
    "java.lang.annotation",
    "java.lang.reflect",
    "java.math",
    "java.net",
    "java.net.http",
    "java.nio.charset",
    "java.nio.file",
    "java.text",
    "java.time",
    "java.time.format",
    "java.time.temporal",
    "java.util",
    "java.util.concurrent",
    "java.util.concurrent.atomic",
    "java.util.concurrent.locks",
    "java.util.function",
    "java.util.regex",
    "java.util.stream",
)
"""Packages whose types a fragment may use without saying so. Of names that several have, only one
is in use; types of the page's own come before all of them."""

JAVA_LANG = frozenset(
    """
    Appendable ArithmeticException ArrayIndexOutOfBoundsException AutoCloseable Boolean Byte
    CharSequence Character Class ClassCastException Cloneable Comparable Deprecated Double Enum
    Error Exception Float FunctionalInterface IllegalArgumentException IllegalStateException
    IndexOutOfBoundsException Integer InterruptedException Iterable Long Math NullPointerException
    Number NumberFormatException Object Override Process ProcessBuilder Record Runnable Runtime
    RuntimeException SafeVarargs Short StackOverflowError String StringBuffer StringBuilder
    SuppressWarnings System Thread ThreadLocal Throwable UnsupportedOperationException Void
    abstract assert boolean break byte case catch char class const continue default do double else
    enum extends final finally float for if implements import instanceof int interface long native
    new null package private protected public record return short static super switch synchronized
    this throw throws true false try var void volatile while length println printf print format
    """.split()  # noqa: SIM905 - a table of words
)
"""What needs no import, keywords included."""
IMPORTED = frozenset(
    """
    ArrayDeque ArrayList Arrays Base64 BiConsumer BiFunction BigDecimal BigInteger BinaryOperator
    BufferedReader BufferedWriter Callable Charset Collection Collections Collector Collectors
    Comparator CompletableFuture ConcurrentHashMap ConcurrentMap Consumer CountDownLatch Date
    DateTimeFormatter Deque DecimalFormat DoubleStream Duration EnumMap EnumSet ExecutionException
    Executor ExecutorService Executors Field File FileInputStream FileNotFoundException
    FileOutputStream FileReader FileWriter Files Function Future HashMap HashSet Hashtable
    HttpClient HttpRequest HttpResponse IOException IdentityHashMap InputStream InputStreamReader
    Instant IntFunction IntPredicate IntStream Iterator LinkedBlockingQueue LinkedHashMap
    LinkedHashSet LinkedList List ListIterator LocalDate LocalDateTime LocalTime Locale Lock
    LongStream Map Matcher Method NoSuchElementException NumberFormat ObjectInputStream
    ObjectOutputStream Objects Optional OptionalDouble OptionalInt OutputStream Path Paths Pattern
    Period Predicate PrintWriter PriorityQueue Properties Queue Random ReentrantLock Repeatable
    Retention RetentionPolicy Scanner Semaphore Serializable Set SimpleDateFormat SortedMap
    SortedSet Stack Stream StringJoiner StringReader StringTokenizer Supplier Target
    ThreadLocalRandom TimeUnit TimeoutException Timer TreeMap TreeSet UncheckedIOException URI URL
    UUID UnaryOperator Vector WeakHashMap ZoneId ZonedDateTime AtomicInteger AtomicLong
    AtomicReference ElementType
    """.split()  # noqa: SIM905 - a table of words
)
"""Types that have to be imported: the usual ones of `STANDARD_IMPORTS`."""
