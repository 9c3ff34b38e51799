# The supervisor of a run, its init process: it runs one command after the other inside a sandbox,
# under limits and a timeout, kills what is left, and reports on each.
#
# It is a file of our snapshots, started by the script that a request brings; where a snapshot does
# not have it, it comes with the request. What to run stands on descriptor 3. No module of perl is
# used, as the smallest installations have none that could be counted on.
#
# "The program" is a command with all processes that it started. Nothing that the program could read
# ever holds the nonce, neither argv nor environment nor a file, until all of the program is dead.
#
# From top to bottom: the kernel, bytes and words, the request, the sandbox, its further use, the
# program, the daemon kept out of reach, output, processes, time in which others held the
# processor, one command, main.

# Each use of a sandbox has a user id of its own: the first this one, the last it and 49.
my ($FIRST_ID, $MOST_USES) = (64100, 50);
my $TICK_S = 0.02;
my $TICKS = 100;  # of the kernel's clock for processes, in a second; the same everywhere
my $DISK_LOOK_S = 0.25;
my $KILL_S = 5;
# Where other sandboxes' processes count as ours, the kernel's bound can only be a distant one.
my $MANY_PROCESSES = 4096;
my $MIB = 1048576;

# All state there is:
my %request;  # nonce, path, number, environment, commands, is_oversized: as the request has them
my %sandbox;  # is_root, is_first, guard, runtime, priority, cpus, counts_alone, own_tasks, own_network: as found here
my %spent;    # why: what costs the sandbox its further use; company: processes that a command may leave
my %stream;   # out and err: from, end, head, tail, total; notes: from, end
my %used;     # by what has ended: cpu_s, peak_kib, ended (pid to status), living_cpu_s (as command_cpu_s left it)
my %waits;    # of the current command: see "Time in which others held the processor"

# --------------------------------------------------------------------------------------------------
# The kernel: system calls by number, as perl has no names for them without modules.

my %CALLS = (
    x86_64 => {
        close => 3, rt_sigprocmask => 14, wait4 => 61, setsid => 112,
        setgroups => 116, setresuid => 117, setresgid => 119, statfs => 137, prctl => 157,
        listxattr => 194, removexattr => 197, sched_getaffinity => 204, clock_gettime => 228,
        keyctl => 250, unshare => 272, prlimit64 => 302, setns => 308, bpf => 321,
    },
    aarch64 => {
        close => 57, rt_sigprocmask => 135, wait4 => 260, setsid => 157,
        setgroups => 159, setresuid => 147, setresgid => 149, statfs => 43, prctl => 167,
        listxattr => 11, removexattr => 14, sched_getaffinity => 123, clock_gettime => 113,
        keyctl => 219, unshare => 97, prlimit64 => 261, setns => 268, bpf => 280,
    },
);
my %PROCESSORS = (62 => 'x86_64', 183 => 'aarch64');
my ($MONOTONIC, $SINCE_BOOT) = (1, 7);
my ($PDEATHSIG, $DUMPABLE, $NO_NEW_PRIVS, $SUBREAPER) = (1, 4, 38, 36);
my ($CPU, $FSIZE, $DATA, $STACK, $CORE, $NPROC, $NOFILE) = (0, 1, 2, 3, 4, 6, 7);
my ($WNOHANG, $NONBLOCKING, $EPERM, $ENOENT, $EINTR) = (1, 2048, 1, 2, 4);
my ($ENOSYS, $ENOTSUP) = (38, 95);
my $call = calls();

# The numbers for the processor of this perl, by the ELF header of its file; undef: unknown.
sub calls {
    open my $perl, '<', '/proc/self/exe' or return;
    sysread $perl, my $head, 20;
    my ($bits, $processor) = unpack 'x4 C x13 v', $head;
    return $bits == 2 ? $CALLS{$PROCESSORS{$processor} || ''} : undef;
}

# A system call. The arguments are not copied, as the kernel writes into some of them.
sub kernel { my $name = shift; return syscall $call->{$name}, @_ }

sub clock {
    my ($which) = @_;
    my $time = "\0" x 16;
    kernel('clock_gettime', $which, $time);
    my ($s, $ns) = unpack 'q2', $time;
    return $s + $ns / 1e9;
}

sub now { return clock($MONOTONIC) }

# The processors that a thread may run on, as a string of bits; 0 is the caller.
sub affinity {
    my ($thread) = @_;
    my $mask = "\0" x 1024;
    my $length = kernel('sched_getaffinity', $thread + 0, 1024, $mask);
    return $length > 0 ? substr $mask, 0, $length : '';
}

# All of a file, such as the kernel's; of one that cannot be read, as that of a dead process, ''.
sub content_of {
    my ($name) = @_;
    open my $file, '<', $name or return '';
    my $text = do { local $/; <$file> };
    return defined $text ? $text : '';
}

# --------------------------------------------------------------------------------------------------
# Bytes and words, and the one way out.

sub least { my ($one, $other) = @_; return $one < $other ? $one : $other }

sub most {
    my ($most, @others) = @_;
    for my $other (@others) { $most = $other if $other > $most }
    return $most;
}

# uuencode is base64 in other letters, and perl has it built in.
sub decoded {
    my ($text) = @_;
    $text =~ tr#A-Za-z0-9+/##cd;
    $text =~ tr#A-Za-z0-9+/# -_#;
    my @lines = map { chr(32 + int(length($_) * 3 / 4)) . $_ } $text =~ /(.{1,60})/g;
    return join '', map { unpack 'u', $_ } @lines;
}

sub encoded {
    my ($bytes) = @_;
    my $text = pack 'u', $bytes;
    $text =~ s/^.//mg;
    $text =~ tr/\n//d;
    $text =~ tr#` -_#AA-Za-z0-9+/#;
    my $padding = (3 - length($bytes) % 3) % 3;
    substr($text, -$padding) = '=' x $padding if $padding;
    return $text;
}

# Tells whether all was written. On a full disk the kernel takes a part, and only then an error.
sub write_all {
    my ($to, $text) = @_;
    while (length $text) {
        my $written = syswrite $to, $text;
        next if !defined $written && $! == $EINTR;
        return 0 unless $written;
        substr($text, 0, $written, '');
    }
    return 1;
}

# Writes a file of ours: whole, or empty.
sub keep {
    my ($name, $text) = @_;
    open my $made, '>', "$name.new" or return;
    my $is_whole = write_all($made, $text);
    truncate "$name.new", 0 unless close($made) && $is_whole;
    rename "$name.new", $name;
}

# The one way out. The answer of the first run is kept, for whoever sends the request again: whole,
# or as an empty file, so that he is told at once that it is lost.
sub answer {
    my ($text) = @_;
    keep("$sandbox{guard}/answer", $text) if $sandbox{is_first};
    exit(write_all(\*STDOUT, $text) ? 0 : 1);
}

sub give_up {
    my ($word, $reason) = @_;
    kill_all() if $call;
    # A fresh sandbox may well do.
    $reason = "reuse $reason" if $word eq 'unready' && use_number() > 1;
    answer("$request{nonce} $word $reason\n");
}

# --------------------------------------------------------------------------------------------------
# The request: lines of a word and its values. A text has '=' before it, or ':' if it is in base64;
# contents stand in many lines of base64 and end with a dot.

my %READS = (
    nonce => sub { $request{nonce} = $_[1] },
    path => sub { $request{path}{$_[1]} = text_of($_[2]) },
    number => sub { $request{number}{$_[1]} = $_[2] + 0 },
    env => sub {
        my ($name, $value) = text_of($_[1]) =~ /^([^=]+)=(.*)\z/s;
        $request{environment}{$name} = $value;
    },
    stdin => sub {
        my $name = "$sandbox{guard}/stdin";
        write_content($_[0], $name);
        chmod 0444, $name;
    },
    file => sub { write_file($_[0], text_of($_[1])) },
    oversized => sub { $request{is_oversized} = 1 },
    command => sub {
        my (undef, $stage, $timeout_ms, @argv) = @_;
        my %command = (stage => $stage, timeout_s => $timeout_ms / 1000);
        push @{$request{commands}}, {%command, argv => [map { text_of($_) } @argv]};
    },
);

sub text_of { my ($word) = @_; return $word =~ /^=(.*)/ ? $1 : decoded($word) }

sub read_request_until {
    my ($last, $data) = @_;
    while (defined(my $line = <$data>)) {
        my ($word, @values) = split ' ', $line;
        return if $word eq $last;
        $READS{$word}->($data, @values);
    }
    give_up('unready', 'script');
}

sub write_content {
    my ($data, $name) = @_;
    open my $file, '>', $name or give_up('unready', 'files');
    while (defined(my $line = <$data>)) {
        last if $line eq ".\n";
        write_all($file, decoded($line)) or give_up('unready', 'files');
    }
    close $file or give_up('unready', 'files');
}

# Writes a file into the work folder, with the folders above it.
sub write_file {
    my ($data, $name) = @_;
    my $folder = $request{path}{work};
    my @folders = split m{/}, $name;
    pop @folders;
    for my $each (@folders) {
        $folder .= "/$each";
        next if -d $folder;
        mkdir $folder, 0755 or give_up('unready', 'files');
        give_to_program($folder);
    }
    write_content($data, "$request{path}{work}/$name");
    give_to_program("$request{path}{work}/$name");
}

# Which use of the sandbox this is, from 1.
sub use_number { return $request{number}{use} || 1 }

sub program_id { return $FIRST_ID + use_number() - 1 }

sub give_to_program { chown program_id(), program_id(), @_ if $sandbox{is_root} }

# The environment of the program: the snapshot's variables, replaced by those of the request.
sub begin_environment {
    my %found = (HOME => $request{path}{work}, LANG => 'C.UTF-8');
    $found{PATH} = '/usr/local/bin:/usr/bin:/bin';
    for (split /\n/, content_of("$request{path}{ours}/environment")) {
        $found{$1} = $2 if /^([A-Za-z_]\w*)=(.*)$/;
    }
    $request{environment} = {%found, %{$request{environment} || {}}};
}

# --------------------------------------------------------------------------------------------------
# The sandbox: whether it is one of ours, what it allows, and what happens in it.

sub look_at_sandbox {
    give_up('unready', 'architecture') unless $call;
    my $work = $request{path}{work};
    give_up('unready', 'work') unless -d $work && -w _;
    open my $file, '<', "$request{path}{ours}/runtime" or give_up('unready', 'runtime');
    my $line = <$file>;
    $sandbox{runtime} = defined $line && $line =~ /^(.*?)\s*\z/ ? $1 : '';
}

# A use of a sandbox has one run: its guard folder can be made only once. Who sends the request
# again, as proxies do with requests whose answer they lost, gets the first one's answer.
sub be_first {
    my $guard = $sandbox{guard} = guard_of(use_number());
    return $sandbox{is_first} = 1 if mkdir $guard, 0700;
    give_up('unready', 'guard') unless -d $guard;
    my $until = now() + $request{number}{patience};
    select undef, undef, undef, 0.05 while !-e "$guard/answer" && now() < $until;
    give_up('lost', 'waiting') unless -e "$guard/answer";
    answer(content_of("$guard/answer"));
}

# Those of further uses stand in the first one's, where no program sees them.
sub guard_of {
    my ($use) = @_;
    return $request{path}{guard} . ($use > 1 ? "/$use" : '');
}

sub close_inherited {
    opendir my $folder, '/proc/self/fd' or return;
    my @open = grep { /^\d+$/ && $_ > 3 } readdir $folder;
    closedir $folder;
    kernel('close', $_ + 0) for @open;
}

# The tasks of a user are counted by user namespace. In the first one a container has no say in
# who else runs under the same id.
sub has_own_users {
    my @fields = split ' ', content_of('/proc/self/uid_map');
    return @fields && $fields[2] != 4294967295;
}

sub processes {
    my %found;
    opendir my $proc, '/proc' or return \%found;
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        next unless content_of("/proc/$pid/stat") =~ /.*\) (.*)/s;
        my @field = split ' ', $1;
        # Its own time and that of its children, for the user and in the kernel.
        my $ticks = $field[11] + $field[12] + $field[13] + $field[14];
        $found{$pid} = {
            pid => $pid,
            state => $field[0],
            parent => $field[1],
            tasks => $field[17],
            cpu_s => $ticks / $TICKS,
        };
    }
    return \%found;
}

# The living processes below the supervisor, whichever of them is their parent now.
sub descendants {
    my $all = processes();
    my (%children, @found);
    push @{$children{$all->{$_}{parent}}}, $_ for keys %$all;
    my @parents = ($$);
    while (defined(my $parent = shift @parents)) {
        push @found, @{$children{$parent} || []};
        push @parents, @{$children{$parent} || []};
    }
    return grep { $_->{state} !~ /[ZX]/ } map { $all->{$_} } @found;
}

sub own_tasks {
    my ($all, $sum) = (processes(), 0);
    for my $pid (keys %$all) {
        my $owner = (stat "/proc/$pid")[4];
        $sum += $all->{$pid}{tasks} if defined $owner && $owner == $>;
    }
    return $sum + 1;
}

# Times that the kernel ended a process of this sandbox for want of memory, and times that the
# sandbox's own limit was the reason; the second is not told apart by the first version.
sub memory_events {
    my %seen;
    for my $file ('/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control') {
        open my $events, '<', $file or next;
        while (<$events>) { $seen{$1} = $2 if /^(oom|oom_kill) (\d+)/ }
        $seen{oom} = $seen{oom_kill} unless exists $seen{oom};
        last;
    }
    return [$seen{oom_kill} || 0, $seen{oom} || 0];
}

# Bytes of the program's files in a folder; a file of several names is counted once.
sub used_bytes {
    my ($root, $owner) = @_;
    my ($sum, @folders) = (0, $root);
    while (defined(my $folder = shift @folders)) {
        opendir my $entries, $folder or next;
        while (defined(my $name = readdir $entries)) {
            next if $name eq '.' || $name eq '..';
            my @stat = lstat "$folder/$name" or next;
            next if $stat[4] != $owner || "$folder/$name" eq $request{path}{guard};
            if (-d _) { push @folders, "$folder/$name" }
            elsif (-f _) { $sum += least($stat[7], $stat[12] * 512) / ($stat[3] || 1) }
        }
    }
    return $sum;
}

sub is_disk_used_up {
    my $owner = $sandbox{is_root} ? program_id() : $>;
    for my $folder (@{$request{path}}{qw(work temporary)}) {
        return 1 if used_bytes($folder, $owner) >= $request{number}{disk};
    }
    return 0;
}

sub is_disk_full {
    for my $folder (@{$request{path}}{qw(work temporary)}) {
        my $facts = "\0" x 256;
        my $name = "$folder\0";
        next if kernel('statfs', $name, $facts) != 0;
        my (undef, undef, $blocks, undef, $available) = unpack 'q5', $facts;
        return 1 if $blocks && !$available;
    }
    return is_disk_used_up();
}

# --------------------------------------------------------------------------------------------------
# Whether the sandbox may be used again. What makes it as it was stands in a text of its own, which
# perl reads as a program where it is needed: a first use shall not pay for it.

my $FURTHER_USE = <<'END_OF_PROGRAM';
(used_sandbox.pl)
END_OF_PROGRAM

sub make_as_it_was {
    eval $FURTHER_USE;
    give_up('unready', 'program') if $@;
    begin_anew();
}

sub is_snippets { my ($id) = @_; return $id >= $FIRST_ID && $id < $FIRST_ID + $MOST_USES }

# What the end of a run says: "yes", or why its sandbox is not to be used again.
sub further_use {
    return 'unprivileged' unless $sandbox{is_root};
    return 'network' unless $sandbox{own_network};
    return 'uses' unless use_number() < $MOST_USES;
    return 'path' if grep { is_programs($_) } read_by_root();
    return $spent{why} || (has_ids() ? 'yes' : 'ids');
}

# Whether the kernel knows the ids of all uses here.
sub has_ids {
    my $last = $FIRST_ID + $MOST_USES - 1;
    for my $file ('uid_map', 'gid_map') {
        my @ranges = map { [split] } split /\n/, content_of("/proc/self/$file");
        return 0 unless grep { $_->[0] <= $FIRST_ID && $last < $_->[0] + $_->[2] } @ranges;
    }
    return 1;
}

# Where the daemon's shell and its linker look before anything of ours is read: PATH as it was, and
# what a shell begins with.
sub read_by_root {
    my @lists = grep { defined && length } @ENV{qw(was LD_LIBRARY_PATH LD_PRELOAD)};
    my @names = grep { defined && length } @ENV{qw(HOME ZDOTDIR BASH_ENV)};
    return ((map { split /:/, $_, -1 } @lists), @names);
}

# Whether a program decides what is in a folder, or comes to be there.
sub is_programs {
    my ($path) = @_;
    return 1 if $path !~ m{^/};
    while (1) {
        my @stat = lstat($path || '/');
        return 1 if @stat && (is_snippets($stat[4]) || !-l _ && is_open(@stat));
        my ($above) = $path =~ m{^(.*)/};
        if (-l _) {
            my $target = readlink $path;
            return 1 if is_programs($target =~ m{^/} ? $target : "$above/$target");
        }
        return 0 if $path eq '';
        $path = $above;
    }
}

sub is_open { return $_[2] & (is_snippets($_[5]) ? 0022 : 0002) }

# --------------------------------------------------------------------------------------------------
# The program: from a copy of this process to it, by bounds, identity and environment.

sub bound {
    my ($which, $soft, $hard) = @_;
    my $old = "\0" x 16;
    kernel('prlimit64', 0, $which, 0, $old);
    my (undef, $highest) = unpack 'Q2', $old;
    $hard = $soft unless defined $hard;
    $hard = least($hard, $highest);
    my $new = pack 'Q2', least($soft, $hard), $hard;
    kernel('prlimit64', 0, $which, $new, 0) == 0 or die "bound $which: $!";
}

sub bound_all {
    my ($timeout_s) = @_;
    my $number = $request{number};
    my $tasks = $number->{processes};
    if ($sandbox{counts_alone}) { $tasks += $sandbox{own_tasks} }
    elsif ($tasks < $MANY_PROCESSES) { $tasks = $MANY_PROCESSES }
    bound($CORE, 0);
    bound($NOFILE, $number->{files});
    bound($FSIZE, $number->{disk} + $MIB);
    bound($CPU, int($timeout_s * $sandbox{cpus} + 0.999999) + 10);
    bound($STACK, 8 * $MIB, 64 * $MIB);
    bound($NPROC, $tasks);
    bound($DATA, $number->{memory});
}

sub step_down {
    my ($id) = @_;
    my $groups = pack 'L', $id;
    kernel('setgroups', 1, $groups) == 0 or die "setgroups: $!";
    kernel('setresgid', $id, $id, $id) == 0 or die "setresgid: $!";
    kernel('setresuid', $id, $id, $id) == 0 or die "setresuid: $!";
}

# The kernel shall take the program before the service's own process, without which all is lost.
# Only a process that may be looked at can change this of itself, unless it is root.
sub offer_to_kernel {
    kernel('prctl', $DUMPABLE, 1, 0, 0, 0);
    open my $file, '>', '/proc/self/oom_score_adj' or return;
    syswrite $file, '1000';
    close $file;
    kernel('prctl', $DUMPABLE, 0, 0, 0, 0);
}

sub become {
    my ($command, $stdin) = @_;
    my $no_signals = "\0" x 8;
    $SIG{$_} = 'DEFAULT' for grep { !/^(__|NUM|RT|KILL$|STOP$)/ } keys %SIG;
    kernel('rt_sigprocmask', 2, $no_signals, 0, 8);
    kernel('setsid');
    offer_to_kernel();
    chdir $request{path}{work} or die "chdir: $!";
    open STDIN, '<', $stdin or die "stdin: $!";
    open STDOUT, '>&', $stream{out}{end} or die "stdout: $!";
    open STDERR, '>&', $stream{err}{end} or die "stderr: $!";
    umask 022;
    setpriority 0, 0, $sandbox{priority} if $sandbox{is_root};
    step_down(program_id()) if $sandbox{is_root};
    leave_keyring() if use_number() > 1;
    kernel('prctl', $PDEATHSIG, 9, 0, 0, 0);
    kernel('prctl', $NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
    my @argv = @{$command->{argv}};
    %ENV = %{$request{environment}};
    bound_all($command->{timeout_s});
    { exec {$argv[0]} @argv }
    my $code = $! == $ENOENT ? 127 : 126;
    syswrite STDERR, "$argv[0]: $!\n";
    exit $code;
}

# An error before the exec is told through a pipe that the program does not have.
sub start {
    my ($command, $stdin) = @_;
    my $pid = fork;
    give_up('lost', 'fork') unless defined $pid;
    return $pid if $pid;
    eval { become($command, $stdin) };
    syswrite $stream{notes}{end}, $@;
    exit 125;
}

# --------------------------------------------------------------------------------------------------
# The daemon, kept out of reach. Daytona's daemon listens in every sandbox and asks for no key:
# whoever reaches it has commands run beside us, as its user and without limits, and could write an
# answer in our place. So the program is kept from it: by a network that is only its own, or by a
# filter on where it may connect to. What was done is tried out, and not taken on trust.

my @DAEMONS_PORTS = (2280, 22220, 22222, 33333);
my ($NEW_NETWORK, $GET_FLAGS, $SET_FLAGS, $IS_UP) = (0x40000000, 0x8913, 0x8914, 1);
my ($INTERNET, $STREAM) = (2, 1);

sub at_port { my ($port) = @_; return pack 'S n C4 x8', $INTERNET, $port, 127, 0, 0, 1 }

sub reaches {
    my ($address) = @_;
    socket my $end, $INTERNET, $STREAM, 0 or return 0;
    return connect $end, $address;
}

# PostgreSQL and every program that serves itself need it.
sub raise_loopback {
    socket my $end, $INTERNET, $STREAM, 0 or return;
    my $request = pack 'a16 x24', 'lo';
    ioctl $end, $GET_FLAGS, $request or return;
    my (undef, $flags) = unpack 'a16 S', $request;
    substr $request, 16, 2, pack 'S', $flags | $IS_UP;
    ioctl $end, $SET_FLAGS, $request;
}

sub has_loopback {
    socket my $end, $INTERNET, $STREAM, 0 or return 0;
    return bind($end, at_port(0)) && listen($end, 1) && reaches(getsockname $end);
}

# The supervisor takes a network namespace of its own, and the program inherits it. The program has
# no descriptor of the sandbox's, no right to enter that, and may look into no process in it.
sub take_own_network {
    my $name = '/proc/self/ns/net';
    my $before = readlink $name;
    open my $old, '<', $name or return 0;
    return 0 unless defined $before && kernel('unshare', $NEW_NETWORK) == 0;
    raise_loopback();
    my $after = readlink $name;
    my $is_apart = defined $after && $after ne $before;
    return 1 if $is_apart && !grep({ reaches(at_port($_)) } @DAEMONS_PORTS) && has_loopback();
    # A program that serves itself would fail here and nowhere else.
    kernel('setns', fileno $old, $NEW_NETWORK) == 0 or give_up('unbounded', encoded('network'));
    return 0;
}

# Where the program keeps its sandbox's network, or cannot be given one of its own: a filter of the
# kernel's on where it may connect to. It belongs to the control group in which we are, and is gone
# when we are, who hold it.
my ($LOAD, $LINK, $BY_ADDRESS) = (5, 28, 18);
my @CONNECT = (10, 11);  # by IPv4, by IPv6

# Only this hierarchy has such filters.
sub control_group {
    my ($path) = content_of('/proc/self/cgroup') =~ /^0::(.*)/m;
    my ($root) = grep { -e "$_/cgroup.procs" } '/sys/fs/cgroup', '/sys/fs/cgroup/unified';
    return defined $path && defined $root ? "$root$path" : '';
}

# One BPF instruction: code, registers, offset, value.
sub instruction { return pack 'C2 s l', @_ }

# Refuses the program's user; whatever the address, as a sandbox has many names for itself.
sub filter {
    my $left = @DAEMONS_PORTS;
    return join '',
        instruction(0x61, 0x16, 24, 0),  # register 6: the port
        instruction(0x85, 0, 0, 15),     # register 0: group and user
        instruction(0xbc, 0, 0, 0),      # without the group
        instruction(0x55, 0, $left, program_id()),
        map({ instruction(0x15, 6, 1 + $left--, unpack 'S', pack 'n', $_) } @DAEMONS_PORTS),
        instruction(0xb7, 0, 0, 1),
        instruction(0x95, 0, 0, 0),
        instruction(0xb7, 0, 0, 0),
        instruction(0x95, 0, 0, 0);
}

sub filter_connections {
    open my $group, '<', control_group() or return 0;
    my ($code, $license) = (filter(), "MIT\0");
    for my $kind (@CONNECT) {
        my $made = pack 'L2 P P L2 Q L2 a16 L2',
            $BY_ADDRESS, length($code) / 8, $code, $license, 0, 0, 0, 0, 0, '', 0, $kind;
        my $program = kernel('bpf', $LOAD, $made, length $made);
        return 0 if $program < 0;
        my $link = pack 'L4', $program, fileno $group, $kind, 0;
        return 0 if kernel('bpf', $LINK, $link, length $link) < 0;
    }
    return 1;
}

sub is_kept_off {
    my $pid = fork;
    return 0 unless defined $pid;
    if (!$pid) {
        eval { step_down(program_id()) };
        exit($@ || grep({ reaches(at_port($_)) || $! != $EPERM } @DAEMONS_PORTS) ? 1 : 0);
    }
    waitpid $pid, 0;
    return $? == 0;
}

# Whether the program cannot reach the daemon. The kernel may take a filter that then keeps nobody
# off: of another control group than ours, or where our users are others to the kernel.
sub shut_daemon_off {
    return 0 unless $sandbox{is_root};
    $sandbox{own_network} = !$request{number}{keeps_network} && take_own_network();
    return 1 if $sandbox{own_network};
    return filter_connections() && is_kept_off();
}

# --------------------------------------------------------------------------------------------------
# Output: head and tail are kept, and all is counted.

sub open_streams {
    for my $name ('out', 'err', 'notes') {
        pipe my $from, my $end or give_up('lost', 'pipe');
        fcntl $from, 4, $NONBLOCKING;
        # So that the program may open /dev/stdout.
        give_to_program($end) if $name ne 'notes';
        $stream{$name} = {from => $from, end => $end};
    }
}

sub outputs { return @stream{qw(out err)} }

sub begin_outputs { @$_{qw(head tail total)} = ('', '', 0) for outputs() }

sub feed {
    my ($to, $chunk) = @_;
    my $head = int($request{number}{kept} / 2);
    my $tail = $request{number}{kept} - $head;
    $to->{total} += length $chunk;
    my $room = $head - length $to->{head};
    $to->{head} .= substr $chunk, 0, $room, '' if $room > 0;
    $to->{tail} .= $chunk;
    my $excess = length($to->{tail}) - $tail;
    substr $to->{tail}, 0, $excess, '' if $excess > 0;
}

sub is_flooding { return $stream{out}{total} + $stream{err}{total} > $request{number}{output} }

# Reads what the pipes hold; tells whether there was anything.
sub take {
    my $found = 0;
    for my $each (outputs()) {
        next if is_flooding();
        my $read = sysread $each->{from}, my $chunk, 65536;
        next unless $read;
        feed($each, $chunk);
        $found = 1;
    }
    return $found;
}

sub await {
    my ($seconds) = @_;
    my $ready = '';
    vec($ready, fileno $_->{from}, 1) = 1 for outputs();
    select $ready, undef, undef, $seconds;
}

# --------------------------------------------------------------------------------------------------
# Processes: their end, what they used, and how they are ended.

sub begin_usage { @used{qw(cpu_s peak_kib ended)} = (0, 0, {}) }

sub reap {
    while (1) {
        my ($status, $usage) = ("\0" x 4, "\0" x 144);
        my $pid = kernel('wait4', -1, $status, $WNOHANG, $usage);
        return $pid == 0 if $pid <= 0;
        my ($user_s, $user_us, $system_s, $system_us, $kib) = unpack 'q5', $usage;
        $used{cpu_s} += $user_s + $system_s + ($user_us + $system_us) / 1e6;
        $used{peak_kib} = $kib if $kib > $used{peak_kib};
        $used{ended}{$pid} = unpack 'l', $status;
    }
}

# CPU seconds of the current command. A process that outlives its command ("company") is counted by
# wait4 when it ends: what it had used before a command is taken off, what it used by then is added.
sub command_cpu_s {
    my $before_s = $used{living_cpu_s} || 0;
    $used{living_cpu_s} = 0;
    $used{living_cpu_s} += $_->{cpu_s} for reap() ? descendants() : ();
    return most(0, $used{cpu_s} + $used{living_cpu_s} - $before_s);
}

# The supervisor's own peak, not by getrusage: that begins with the peak of what started the shell.
sub own_peak_kib { return content_of('/proc/self/status') =~ /^VmHWM:\s+(\d+)/m ? $1 : 0 }

sub children {
    if (open my $file, '<', "/proc/self/task/$$/children") {
        my $line = <$file>;
        return defined $line ? split ' ', $line : ();
    }
    my $all = processes();
    return grep { $all->{$_}{parent} == $$ } keys %$all;
}

# An orphan becomes the supervisor's child (subreaper), so that killing children until there is none
# kills all, however quickly they fork.
sub kill_all {
    my $until = now() + $KILL_S;
    my %met;
    while (reap() && now() < $until) {
        my @left = children();
        kill 'KILL', @left;
        select undef, undef, undef, 0.0005 unless grep { !$met{$_}++ } @left;
    }
}

# --------------------------------------------------------------------------------------------------
# Time in which others held the processor: the program's time limit stands still for as long.
#
# The kernel counts for each thread how long it ran, and how long it was ready to run and had no
# processor. Both together is what the program wanted, and what it ran is what it got. More than its
# processors' time nobody can want: with more threads than processors it waits for itself.
#
# Looked at again and again, as what many waited in a burst is not the whole time's.
#
# Not to be faked: a thread whose priority was lowered waits of its own will; children that nobody
# waits for are counted while they live, and wholly where the sandbox has a control group to see.

my $WAITS_LOOK_S = 0.1;
my $START_SLACK_S = 0.02;
# Of a limit, what may be left out of the account.
my $NOISE = 0.1;

sub begin_waits {
    my ($begun) = @_;
    %waits = (
        begun => $begun,
        looked_at => $begun,
        # Threads of the program's are those that are no older.
        threads_since => clock($SINCE_BOOT) - $START_SLACK_S,
        threads => {},       # id to seconds that it ran and that it waited, at the last look
        dead_ran_s => 0,     # what those ran that are gone
        ran_s => 0,          # what all of the program ran
        delayed_s => 0,      # what its threads waited together
        longest_s => 0,      # what one of them waited
        kept_s => 0,         # what others kept from it, look by look
        allowed => '',       # processors that one of its threads may run on
        group_at_start_s => group_cpu_s(),
        idle_at_start_s => {idle_s()},
    );
}

sub look_at_thread {
    my ($thread) = @_;
    my ($ran_ns, $waited_ns) = split ' ', content_of("/proc/$thread/schedstat");
    my ($fields) = content_of("/proc/$thread/stat") =~ /.*\) (.*)/s;
    return unless defined $waited_ns && defined $fields;
    my @field = split ' ', $fields;
    return if $field[19] / $TICKS < $waits{threads_since};
    # Its nice value, and a policy for which the others come first.
    my $is_lowered = $field[16] > $sandbox{priority} || $field[38] != 0;
    my ($id) = $thread =~ /(\d+)$/;
    $waits{allowed} |= affinity($id);
    return "$id.$field[19]" => [$ran_ns / 1e9, $is_lowered ? 0 : $waited_ns / 1e9];
}

sub look_at_waits {
    my @living = descendants();
    my ($before, %now) = $waits{threads};
    my $delayed_now_s = 0;
    for my $process (@living) {
        opendir my $tasks, "/proc/$process->{pid}/task" or next;
        my @ids = grep { /^\d+$/ } readdir $tasks;
        %now = (%now, map { look_at_thread("$process->{pid}/task/$_") } @ids);
    }
    for my $id (keys %now) {
        my $waited_s = $now{$id}[1];
        $delayed_now_s += $waited_s - ($before->{$id} ? $before->{$id}[1] : 0);
        $waits{longest_s} = most($waits{longest_s}, $waited_s);
    }
    $waits{dead_ran_s} += $before->{$_}[0] for grep { !$now{$_} } keys %$before;
    $waits{threads} = \%now;
    my ($ran_before_s, $passed_s) = ($waits{ran_s}, now() - $waits{looked_at});
    $waits{ran_s} = most($ran_before_s, seen_s(), counted_s(@living), group_ran_s());
    $waits{delayed_s} += $delayed_now_s;
    $waits{kept_s} += kept_s($waits{ran_s} - $ran_before_s, $delayed_now_s, $passed_s);
    $waits{looked_at} += $passed_s;
}

# What the threads ran that were there at a look.
sub seen_s {
    my $sum_s = $waits{dead_ran_s};
    $sum_s += $_->[0] for values %{$waits{threads}};
    return $sum_s;
}

# What the processes ran, those that were waited for included.
sub counted_s {
    my $sum_s = $used{cpu_s} - ($used{living_cpu_s} || 0);
    $sum_s += $_->{cpu_s} for @_;
    return $sum_s;
}

# CPU seconds of the sandbox's own control group; undef where only that of the whole host is seen.
sub group_cpu_s {
    my $root = '/sys/fs/cgroup';
    if (-e "$root/cgroup.type" && content_of("$root/cpu.stat") =~ /^usage_usec (\d+)/m) {
        return $1 / 1e6;
    }
    my $first = "$root/cpuacct/cpuacct.usage";
    return $1 / 1e9 if !-e "$root/cpuacct/release_agent" && content_of($first) =~ /^(\d+)/;
    return undef;
}

sub group_ran_s {
    my $before_s = $waits{group_at_start_s};
    return defined $before_s ? group_cpu_s() - $before_s : 0;
}

# Seconds in which each processor of the host had nothing to do.
sub idle_s {
    return map { /^cpu(\d+)(?: \d+){3} (\d+) (\d+)/ ? ($1 => ($2 + $3) / $TICKS) : () }
        split /\n/, content_of('/proc/stat');
}

# Processors that the program may fill: as its threads are bound, and as the sandbox's share allows.
sub cores {
    my $bound = $waits{allowed} ? unpack '%32b*', $waits{allowed} : 0;
    my $cores = $bound || $sandbox{cpus};
    my $root = '/sys/fs/cgroup';
    my ($quota, $period) = content_of("$root/cpu.max") =~ /^(\d+) (\d+)/;
    ($quota) = content_of("$root/cpu/cpu.cfs_quota_us") =~ /^(\d+)/ unless $quota;
    ($period) = content_of("$root/cpu/cpu.cfs_period_us") =~ /^(\d+)/ unless $period;
    return $quota && $period ? least($cores, $quota / $period) : $cores;
}

# Seconds, of those that passed, in which others kept the program from running; it ran and was
# delayed for so many thread seconds.
sub kept_s {
    my ($ran_s, $delayed_s, $passed_s) = @_;
    my $wanted_s = $ran_s + $delayed_s;
    my $could_s = least($wanted_s, cores() * $passed_s);
    return 0 if $could_s <= $ran_s;
    return least($wanted_s, $passed_s) * (1 - $ran_s / $could_s);
}

# Seconds in which others kept the program from running until now. A wait that spans several looks
# shows in the whole time only, and counts as far as one thread waited.
sub waited_s {
    my ($since_s) = @_;
    my $at_once_s = kept_s($waits{ran_s}, $waits{delayed_s}, $since_s);
    return most($waits{kept_s}, least($at_once_s, $waits{longest_s}));
}

# Whether others may have kept processes from running that no look ever met, such as short commands.
sub may_have_waited {
    my ($since_s, $limit_s) = @_;
    return 0 if $waits{ran_s} - seen_s() <= $NOISE * $limit_s;
    my $others_s = -$waits{ran_s};
    my %idle_now_s = idle_s();
    for my $processor (keys %idle_now_s) {
        next if $waits{allowed} && !vec $waits{allowed}, $processor, 1;
        my $idle_before_s = $waits{idle_at_start_s}{$processor} || 0;
        $others_s += $since_s - ($idle_now_s{$processor} - $idle_before_s);
    }
    return $others_s > $NOISE * $limit_s;
}

# Seconds that a command has left of its limit.
sub left_s {
    my ($wall_s, $limit_s) = @_;
    return $limit_s - $wall_s if $wall_s < $limit_s;
    look_at_waits();
    return $limit_s - ($wall_s - waited_s($wall_s));
}

# --------------------------------------------------------------------------------------------------
# One command, with its clock and its account.

# What is left of a limit and not worth another look.
my $LITTLE_S = 0.01;

# What is looked at besides the clock: when for the first time, at least how long after the last
# time, and the look itself, which returns the limit that is met.
sub looks {
    my ($begun) = @_;
    my @looks = (
        {at => $begun + $DISK_LOOK_S, pause_s => $DISK_LOOK_S,
            look => sub { return is_disk_used_up() ? 'disk' : undef }},
        {at => $begun + $WAITS_LOOK_S, pause_s => $WAITS_LOOK_S,
            look => sub { look_at_waits(); return undef }},
    );
    return @looks if $sandbox{counts_alone};
    my $tasks = sub {
        my $sum = 0;
        $sum += $_->{tasks} for descendants();
        return $sum > $request{number}{processes} ? 'processes' : undef;
    };
    return ({at => $begun + $TICK_S, pause_s => 0, look => $tasks}, @looks);
}

sub met_limit {
    for my $each (@_) {
        my $now = now();
        next if $now < $each->{at};
        my $limit = $each->{look}->();
        return $limit if defined $limit;
        # Where there is very much to look at, looking must not take the program's time: a 20th.
        $each->{at} = now() + 20 * (now() - $now) + $each->{pause_s};
    }
    return undef;
}

# Waits for the end of a command, and returns the limit that ended it; '-': it ended by itself.
sub watch {
    my ($pid, $begun, $limit_s) = @_;
    my @looks = looks($begun);
    while (1) {
        reap();
        return '-' if exists $used{ended}{$pid};
        my $wall_s = now() - $begun;
        my $left_s = left_s($wall_s, $limit_s);
        if ($left_s <= ($wall_s < $limit_s ? 0 : $LITTLE_S)) {
            return may_have_waited($wall_s, $limit_s) ? 'starved' : 'timeout';
        }
        return 'starved' if $wall_s >= $request{number}{standstill} * $limit_s;
        await(least($left_s, $TICK_S));
        take();
        return 'output' if is_flooding();
        my $limit = met_limit(@looks);
        return $limit if defined $limit;
    }
}

# Runs a command; returns the lines of its report, and whether no other command follows.
sub run_command {
    my ($command, $stdin, $is_last) = @_;
    begin_outputs();
    begin_usage();
    my ($events, $own_kib) = (memory_events(), own_peak_kib());
    my $begun = now();
    begin_waits($begun);
    my $pid = start($command, $stdin);
    my $stopped = watch($pid, $begun, $command->{timeout_s});
    my $wall_s = now() - $begun;
    my $waited_s = $waits{looked_at} > $begun ? sprintf('%.3f', waited_s($wall_s)) : '-';
    give_up('starved', sprintf '%.1f', $waited_s) if $stopped eq 'starved';
    my $status = $stopped eq '-' ? $used{ended}{$pid} : 0;
    my $is_over = $is_last || $stopped ne '-' || $status;
    note_left($is_over);
    kill_all() if $is_over;
    1 while take();
    if ($stopped eq '-' && is_flooding()) {
        $stopped = 'output';
        kill_all();
    }
    sysread $stream{notes}{from}, my $note, 4096;
    give_up('unbounded', encoded($note)) if defined $note && length $note;
    my $later = memory_events();
    note_end($stopped, $status, $later->[0] - $events->[0]);
    my ($kib, $is_judged) = ($used{peak_kib}, $stopped eq '-');
    my %facts = (
        code => $is_judged ? $status >> 8 : 0,
        signal => $is_judged ? $status & 127 : 0,
        stopped => $stopped,
        waited => $waited_s,
        wall => sprintf('%.6f', $wall_s),
        cpu => sprintf('%.6f', command_cpu_s()),
        # A child begins with our own memory, so that what is no more than that is only a bound.
        peak => $kib > $own_kib ? $kib : "<$kib",
        disk_full => $is_judged && $status && is_disk_full() ? 1 : 0,
        killed => $later->[0] - $events->[0],
        host_oom => $later->[1] - $events->[1] > 0 ? 0 : 1,
    );
    $spent{why} = 'disk' if $facts{disk_full};
    return (report($command, \%facts), $is_over || !$is_judged);
}

# What a command leaves, the next has beside it: a server. What the last leaves was not to be.
sub note_left {
    my ($is_over) = @_;
    reap();
    my @left = children();
    if ($is_over) { $spent{why} = 'processes' if grep { !$spent{company}{$_} } @left }
    else { $spent{company} = {map { $_ => 1 } @left} }
}

sub note_end {
    my ($stopped, $status, $killed) = @_;
    if ($stopped ne '-') { $spent{why} = 'limit' }
    elsif ($killed) { $spent{why} = 'memory' }
    elsif ($status & 127) { $spent{why} = 'signal' }
}

sub report {
    my ($command, $facts) = @_;
    my $text = "command $command->{stage}";
    $text .= " $_=$facts->{$_}" for sort keys %$facts;
    for my $name ('out', 'err') {
        my $kept = $stream{$name}{head} . $stream{$name}{tail};
        $text .= "\n$name $stream{$name}{total} " . length($kept) . ' :' . encoded($kept);
    }
    return "$text\n";
}

# The run's own files would not fit: nothing is started.
sub refuse_for_space {
    begin_outputs();
    $spent{why} = 'limit';
    my %facts = (
        code => 0, signal => 0, stopped => 'disk', wall => '0.0', cpu => '0.0', peak => '-',
        disk_full => 0, killed => 0, host_oom => 0, waited => '-',
    );
    return report($request{commands}[-1], \%facts);
}

sub run_all {
    my ($stdin, @commands) = ("$sandbox{guard}/stdin", @{$request{commands}});
    return (1, refuse_for_space()) if $request{is_oversized};
    my ($count, $text) = (0, '');
    for my $command (@commands) {
        my $is_last = ++$count == @commands;
        my $has_stdin = $is_last && -s $stdin;
        my ($lines, $is_over) = run_command($command, $has_stdin ? $stdin : '/dev/null', $is_last);
        $text .= $lines;
        last if $is_over;
    }
    return ($count, $text);
}

# --------------------------------------------------------------------------------------------------

sub main {
    close STDIN;
    open STDIN, '<', '/dev/null';
    close_inherited() if $call;
    $sandbox{is_root} = $> == 0;
    umask 022;
    open my $data, '<&=', 3 or exit 1;
    read_request_until('inputs', $data);
    look_at_sandbox();
    # Whoever has our id, or that of a copy of us, may then neither read our memory nor what we have
    # open.
    kernel('prctl', $DUMPABLE, 0, 0, 0, 0);
    be_first();
    make_as_it_was() if use_number() > 1;
    read_request_until('end', $data);
    close $data;
    begin_environment();
    kernel('prctl', $SUBREAPER, 1, 0, 0, 0);
    $SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM PIPE USR1 USR2 ALRM);
    $SIG{CHLD} = sub { };
    # However many the program is, we must have our turn; not everywhere may root say so.
    $sandbox{priority} = getpriority 0, 0;
    setpriority 0, 0, $sandbox{priority} - 10 if $sandbox{is_root};
    give_to_program($request{path}{work});
    my $daemon = shut_daemon_off() ? 'shut' : 'open';
    $sandbox{counts_alone} = has_own_users();
    $sandbox{own_tasks} = !$sandbox{is_root} && $sandbox{counts_alone} ? own_tasks() : 0;
    $sandbox{cpus} = unpack('%32b*', affinity(0)) || 1;
    open_streams();
    my ($count, $text) = run_all();
    my $head = "$request{nonce} begin " . encoded($sandbox{runtime}) . " $daemon\n";
    answer("$head$text$request{nonce} end $count reuse=" . further_use() . "\n");
}

main();
