# From a copy of this process to the program: bounds, identity, environment.

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

sub step_down {
    my $groups = pack 'L', $PROGRAM_ID;
    my $id = $PROGRAM_ID;
    kernel('setgroups', 1, $groups) == 0 or die "setgroups: $!";
    kernel('setresgid', $id, $id, $id) == 0 or die "setresgid: $!";
    kernel('setresuid', $id, $id, $id) == 0 or die "setresuid: $!";
}

sub bound_all {
    my ($part) = @_;
    my $seconds = $part->{timeout_s} * $number{cpus};
    my $tasks = $number{processes};
    if ($counts_alone) { $tasks += $number{own_tasks} }
    elsif ($tasks < $MANY_PROCESSES) { $tasks = $MANY_PROCESSES }
    bound($CORE, 0);
    bound($NOFILE, $number{files});
    bound($FSIZE, $number{disk} + $MIB);
    bound($CPU, int($seconds + 0.999999) + 10);
    bound($STACK, 8 * $MIB, 64 * $MIB);
    bound($NPROC, $tasks);
    bound($DATA, $number{memory});
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
    my ($part, $stdin) = @_;
    my $no_signals = "\0" x 8;
    $SIG{$_} = 'DEFAULT' for grep { !/^(__|NUM|RT|KILL$|STOP$)/ } keys %SIG;
    kernel('rt_sigprocmask', 2, $no_signals, 0, 8);
    kernel('setsid');
    offer_to_kernel();
    chdir $path{work} or die "chdir: $!";
    open STDIN, '<', $stdin or die "stdin: $!";
    open STDOUT, '>&', $stream{out}{end} or die "stdout: $!";
    open STDERR, '>&', $stream{err}{end} or die "stderr: $!";
    umask 022;
    setpriority 0, 0, $priority if $is_root;
    step_down() if $is_root;
    kernel('prctl', $PDEATHSIG, 9, 0, 0, 0);
    kernel('prctl', $NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
    my @argv = @{$part->{argv}};
    %ENV = %environment;
    bound_all($part);
    { exec {$argv[0]} @argv }
    my $code = $! == $ENOENT ? 127 : 126;
    syswrite STDERR, "$argv[0]: $!\n";
    exit $code;
}

sub start {
    my ($part, $stdin) = @_;
    my $pid = fork;
    give_up('lost', 'fork') unless defined $pid;
    return $pid if $pid;
    eval { become($part, $stdin) };
    syswrite $notes_end, $@;
    exit 125;
}
