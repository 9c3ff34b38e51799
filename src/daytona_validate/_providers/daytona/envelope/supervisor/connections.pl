# Where the program keeps its sandbox's network, or cannot be given one of its own: a filter of the
# kernel's on where it may connect to. It belongs to the control group in which we are, and is gone
# when we are, who hold it.
my ($LOAD, $LINK, $BY_ADDRESS, $EPERM) = (5, 28, 18, 1);
my @CONNECT = (10, 11);  # by IPv4, by IPv6

# Only this hierarchy has such filters.
sub control_group {
    my ($path) = line_of('/proc/self/cgroup') =~ /^0::(.*)/m;
    my ($root) = grep { -e "$_/cgroup.procs" } '/sys/fs/cgroup', '/sys/fs/cgroup/unified';
    return defined $path && defined $root ? "$root$path" : '';
}

# One instruction for the kernel's machine.
sub instruction { return pack 'C2 s l', @_ }

# Refuses the program's user; whatever the address, as a machine has many names for itself.
sub filter {
    my $left = @DAEMONS_PORTS;
    return join '',
        instruction(0x61, 0x16, 24, 0),  # register 6: the port
        instruction(0x85, 0, 0, 15),     # register 0: group and user
        instruction(0xbc, 0, 0, 0),      # without the group
        instruction(0x55, 0, $left, $PROGRAM_ID),
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
        eval { step_down() };
        exit($@ || grep({ reaches(at_port($_)) || $! != $EPERM } @DAEMONS_PORTS) ? 1 : 0);
    }
    waitpid $pid, 0;
    return $? == 0;
}

# Whether the program cannot reach the daemon. The kernel may take a filter that then keeps nobody
# off: of another control group than ours, or where our users are others to the kernel.
sub shut_daemon_off {
    return 0 unless $is_root;
    return !$number{keeps_network} && take_own_network() || filter_connections() && is_kept_off();
}
