"""What one snippet leaves for the next: programs in Python that plant, and look for it."""

from __future__ import annotations

from dataclasses import dataclass

_CALLS = """
import ctypes, os, socket, stat, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
KEYS = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
def places():
    kept = ("/proc", "/usr", "/opt", "/sys")
    for folder, folders, _ in os.walk("/"):
        folders[:] = [each for each in folders if os.path.join(folder, each) not in kept]
        yield folder
"""


@dataclass(frozen=True)
class Plant:
    """An attack of one use on the next."""

    plant: str
    look: str
    """Prints nothing where nothing was planted, and runs as a use of its own before that too."""
    without: tuple[str, ...] = ("remove_files($before, $until);",)
    """What has to be left out of the supervisor for it to be found."""

    @property
    def planting(self) -> str:
        """The first program."""
        return _CALLS + self.plant

    @property
    def looking(self) -> str:
        """The second program."""
        return _CALLS + self.look


_NAMED = """
for folder in places():
    for name in os.listdir(folder):
        if "planted" in name: print(os.path.join(folder, name))
"""
_MY_PYTHON = "subprocess.run([sys.executable, '-c', ''], cwd='/work')"
_ANYWHERE = "planted = [p for p in places() if os.access(p, os.W_OK)]\nassert len(planted) >= 3\n"

NOT_EMULATED = {
    "a disk as full as it may be",
    "ten thousand files",
    "a path longer than a path may be",
}
"""What is told by the host's disk, and what no emulated machine lives through."""
PLANTS = {
    "files in every place": Plant(
        _ANYWHERE + "for each in planted: open(each + '/planted', 'w').close()", _NAMED
    ),
    "hidden and strange names": Plant(
        _ANYWHERE + "for each in planted:\n"
        "  for name in ('.planted', '-rf planted', 'planted\\n', '\\udcff planted', '*planted'):\n"
        "    open(f'{each}/{name}', 'w').close()",
        _NAMED.replace("print(", "print(ascii(").replace("))", ")))"),
    ),
    "closed folders": Plant(
        "for at in ('/tmp/planted1', '/work/planted2', '/var/tmp/planted3'):\n"
        "  os.makedirs(f'{at}/in/it'); open(f'{at}/in/it/x', 'w').close()\n"
        "  os.chmod(f'{at}/in', 0); os.chmod(at, 0)",
        _NAMED,
    ),
    "a path longer than a path may be": Plant(
        "os.chdir('/tmp')\n"
        "for _ in range(1500): os.mkdir('planted'); os.chdir('planted')\n"
        "open('x', 'w').close()",
        "print(*[each for each in os.listdir('/tmp') if 'planted' in each])",
    ),
    "pipes, sockets and links": Plant(
        "os.mkfifo('/tmp/planted1'); os.symlink('/root', '/tmp/planted2')\n"
        "os.symlink('/', '/work/planted3'); os.mkfifo('/var/tmp/planted', 0o666)\n"
        "made = socket.socket(socket.AF_UNIX); made.bind('/tmp/planted4')",
        _NAMED,
    ),
    "an interpreter": Plant(
        "for name in ('python3', 'python', 'node', 'sh', 'perl', 'java', 'go', 'psql', 'rm'):\n"
        "  for at in ('/work', '/work/bin', '/work/.local/bin', '/tmp'):\n"
        "    os.makedirs(at, exist_ok=True)\n"
        "    open(f'{at}/{name}', 'w').write('#!/bin/sh\\necho planted\\n')\n"
        "    os.chmod(f'{at}/{name}', 0o755)",
        "os.environ['PATH'] = '/work:/work/bin:/work/.local/bin:/tmp'\n"
        "for name in ('python3', 'node', 'sh', 'perl'):\n"
        "  try: subprocess.run([name])\n"
        "  except FileNotFoundError: pass",
    ),
    "modules that an interpreter begins with": Plant(
        "import site, sysconfig\n"
        "user = sysconfig.get_path('purelib', 'posix_user', {'userbase': '/work/.local'})\n"
        "os.makedirs(user)\n"
        "for at in ('/work', user):\n"
        "  for name in ('sitecustomize', 'usercustomize', 'json'):\n"
        "    open(f'{at}/{name}.py', 'w').write('print(\"planted\")')\n"
        "open(f'{user}/planted.pth', 'w').write('import sys; print(\"planted\")\\n')",
        "os.environ['HOME'] = '/work'\n" + _MY_PYTHON,
    ),
    "what shells, git, npm and go begin with": Plant(
        "for name in ('.bashrc', '.profile', '.zshenv', '.gitconfig', '.npmrc', '.psqlrc',\n"
        "             'node_modules/planted/index.js', '.config/go/env', '.m2/settings.xml',\n"
        "             '.config/systemd/user/planted.timer', '.pgpass', 'package.json', 'go.mod'):\n"
        "  os.makedirs(os.path.dirname(f'/work/{name}'), exist_ok=True)\n"
        "  open(f'/work/{name}', 'w').write('planted')",
        "print(*[name for name in os.listdir('/work') if name != 'main.py'])",
    ),
    "the work folder's mode, attributes and times": Plant(
        "os.setxattr('/work', 'user.planted', b'1'); os.utime('/work', (1, 1))\n"
        "os.chmod('/work', 0o2777)",
        "found = os.stat('/work')\n"
        "if found.st_mode & 0o7777 != 0o755: print('mode')\n"
        "if found.st_uid != os.getuid(): print('owner')\n"
        "print(*os.listxattr('/work'))\n"
        "if found.st_mtime < 1e9: print('time')",
    ),
    "ten thousand files": Plant(
        "for at in range(10_000): open(f'/tmp/{at}', 'w').close()",
        "if os.statvfs('/tmp').f_files - os.statvfs('/tmp').f_ffree > 1000: print('planted')",
    ),
    "a disk as full as it may be": Plant(
        "for at, bytes in (('/tmp', 15 << 20), ('/dev/shm', 14 << 20), ('/work', 512 << 10)):\n"
        "  open(f'{at}/planted', 'wb').write(b'x' * bytes)",
        "for at in ('/tmp', '/dev/shm'):\n"
        "  found = os.statvfs(at)\n"
        "  if (found.f_blocks - found.f_bfree) * found.f_bsize > 4 << 20: print(at)",
    ),
    "shared memory": Plant(
        "for name in ('planted', 'sem.planted'):\n"
        "  open(f'/dev/shm/{name}', 'w').write('planted' * 1000)\n"
        "from multiprocessing import shared_memory, resource_tracker\n"
        "resource_tracker.register = lambda *_: None\n"
        "shared_memory.SharedMemory('planted2', create=True, size=4096)",
        "print(*os.listdir('/dev/shm'))",
    ),
    "queues and memory of System V": Plant(
        "for make in (libc.shmget, libc.semget, libc.msgget):\n"
        "  sized = (4711, 1, 0o1666) if make is not libc.msgget else (4711, 0o1666)\n"
        "  assert make(*sized) >= 0",
        "for make in (libc.shmget, libc.semget, libc.msgget):\n"
        "  sized = (4711, 1, 0) if make is not libc.msgget else (4711, 0)\n"
        "  if make(*sized) >= 0: print('planted')\n"
        "for kind in ('shm', 'sem', 'msg'):\n"
        "  print(*open(f'/proc/sysvipc/{kind}').read().splitlines()[1:])",
        without=(
            "$remove{$kind}->($field{\"${kind}id\"}) or give_up('unready', 'queues');",
            "kernel('unshare', $NEW_IPC) == 0 or give_up('unready', 'queues');",
        ),
    ),
    "queues of POSIX": Plant(
        "rt = ctypes.CDLL('librt.so.1', use_errno=True)\n"
        "assert rt.mq_open(b'/planted', os.O_CREAT | os.O_RDWR, 0o666, None) >= 0",
        "rt = ctypes.CDLL('librt.so.1', use_errno=True)\n"
        "if rt.mq_open(b'/planted', os.O_RDONLY) >= 0: print('planted')\n"
        "if os.path.exists('/dev/mqueue'): print(*os.listdir('/dev/mqueue'))",
        without=(
            "remove_files($before, $until);",
            "kernel('unshare', $NEW_IPC) == 0 or give_up('unready', 'queues');",
        ),
    ),
    "keys": Plant(
        "for ring in (-3, -4, -5):\n"
        "  made = libc.syscall(KEYS[0], b'user', b'planted', b'x', 1, ring)\n"
        "  if made > 0: libc.syscall(KEYS[1], 5, made, 0x3f3f3f3f)",
        "for ring in (-3, -4, -5):\n"
        "  if libc.syscall(KEYS[1], 10, ring, b'user', b'planted', 0) > 0: print('planted', ring)",
        without=("leave_keyring() if use_number() > 1;",),
    ),
}
