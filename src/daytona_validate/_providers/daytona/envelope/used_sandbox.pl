# A part of the supervisor, which reads it as a program only where a sandbox was used before.
#
# Each use begins with what the snapshot has: with no process, file, queue or key of the users before
# it. What is theirs is ended and removed; where that cannot be made sure of, nothing is run, and the
# client takes a fresh sandbox.
#
# A program has no privilege and can gain none. So what it can change is what it owns, which says
# whose it is, and what everybody may write to: folders in which each may remove only what is his own
# are looked into, and with any other such folder or file no sandbox is used again.

my ($CLEANING_S, $SENDING_S) = (5, 0.2);
my $SPARE_FILES = 1024;  # names that a disk must have room for
my $MOST_NAMES = 500;    # of files, in one command
my ($NEW_IPC, $REMOVE_ID, $XATTR_BYTES) = (0x08000000, 0, 65536);
my ($JOIN_KEYRING, $CLEAR_KEYRING, @USERS_KEYRINGS) = (1, 7, -4, -5);
# What the kernel makes up, where nothing can be left or what is left dies with who made it.
my %IS_KERNELS = map { $_ => 1 } qw(
    autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts efivarfs fusectl nsfs proc pstore
    rpc_pipefs securityfs selinuxfs sysfs tracefs
);

# Makes the sandbox as the uses before found it.
sub begin_anew {
    my $until = now() + $CLEANING_S;
    $SIG{CHLD} = 'DEFAULT';
    give_up('unready', 'unprivileged') unless $sandbox{is_root};
    give_up('unready', 'ids') unless has_ids() && use_number() <= $MOST_USES;
    my $before = guard_of(use_number() - 1);
    give_up('unready', 'order') unless end_of("$before/answer") =~ / end \d+ reuse=yes\n\z/;
    end_users($until);
    leave_queues();
    remove_files($before, $until);
    take_account();
    bring_back($until);
    give_up('unready', 'disk') if lacks_room();
}

sub end_of {
    my ($name) = @_;
    open my $file, '<', $name or return '';
    seek $file, most(0, (-s $file) - 100), 0;
    my $text = do { local $/; <$file> };
    return defined $text ? $text : '';
}

# Waits for a child, and returns whether it ended well in time.
sub ends_well {
    my ($pid, $until) = @_;
    while (waitpid($pid, $WNOHANG) == 0) {
        kill 'KILL', $pid if now() > $until;
        select undef, undef, undef, 0.0005;
    }
    return $? == 0;
}

sub does {
    my ($until, @argv) = @_;
    my $pid = fork;
    give_up('unready', 'fork') unless defined $pid;
    return ends_well($pid, $until) if $pid;
    open STDERR, '>', '/dev/null';
    open STDOUT, '>', '/dev/null';
    { exec {$argv[0]} @argv }
    exit 1;
}

# The user of the use before is ended unseen, as the kernel lets no fork slip through "all of mine".
sub end_users {
    my ($until) = @_;
    my @ids = (program_id() - 1);
    while (@ids) {
        end_user($_, $until) for @ids;
        @ids = living_users();
        give_up('unready', 'processes') if @ids && now() > $until;
        select undef, undef, undef, 0.001 if @ids;
    }
}

# By a process of his, which his others may stop or end: it is then sent again.
sub end_user {
    my ($id, $until) = @_;
    while (1) {
        my $pid = fork;
        give_up('unready', 'fork') unless defined $pid;
        if (!$pid) {
            eval { step_down($id); 1 } or exit 1;
            kill 'KILL', -1;
            kernel('keyctl', $CLEAR_KEYRING, $_, 0, 0, 0) for @USERS_KEYRINGS;
            exit 0;
        }
        return if ends_well($pid, now() + $SENDING_S);
        give_up('unready', 'processes') if now() > $until;
    }
}

# The ids of uses that have living processes. The owner of a process's folder says nothing: of one
# that may not be looked at it is root.
sub living_users {
    my %found;
    opendir my $proc, '/proc' or give_up('unready', 'processes');
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        my $status = content_of("/proc/$pid/status");
        my ($state, $ids) = $status =~ /^State:\s+(\w).*^Uid:\s+([\d\s]+?)$/ms or next;
        # The first thread of a process may have ended before the others.
        my ($threads) = $status =~ /^Threads:\s+(\d+)/m;
        next if $state =~ /[ZX]/ && ($threads || 0) <= 1;
        $found{$_} = 1 for grep { is_snippets($_) } split ' ', $ids;
    }
    return keys %found;
}

# Shared memory, semaphores and queues of System V, which last until somebody removes them; and then
# a namespace of its own for those to come, and those of POSIX.
sub leave_queues {
    my %remove = (
        shm => sub { shmctl $_[0], $REMOVE_ID, 0 },
        sem => sub { semctl $_[0], 0, $REMOVE_ID, 0 },
        msg => sub { msgctl $_[0], $REMOVE_ID, 0 },
    );
    for my $kind (keys %remove) {
        my ($names, @lines) = map { [split] } split /\n/, content_of("/proc/sysvipc/$kind");
        for my $line (@lines) {
            my %field;
            @field{@$names} = @$line;
            # Its owner can give it away; who made it stays.
            next unless is_snippets($field{cuid});
            $remove{$kind}->($field{"${kind}id"}) or give_up('unready', 'queues');
        }
    }
    kernel('unshare', $NEW_IPC) == 0 or give_up('unready', 'queues');
}

# What is mounted: path to whether anything can be written there.
sub mounts {
    my ($text) = @_;
    my %found;
    for (split /\n/, $text) {
        my ($path, $options, $kind, $more) = /^(?:\S+ ){4}(\S+) (\S+) .*?- (\S+) \S* (\S+)$/
            or give_up('unready', 'open');
        $path =~ s/\\(\d{3})/chr oct $1/ge;
        $found{$path} = "$options,$more" !~ /(^|,)ro(,|$)/ && !$IS_KERNELS{$kind};
    }
    return %found;
}

sub entries {
    my ($folder) = @_;
    opendir my $entries, $folder or return ();
    my $path = $folder eq '/' ? '' : $folder;
    return map { "$path/$_" } grep { $_ ne '.' && $_ ne '..' } readdir $entries;
}

# Everything is looked at once in a sandbox, and from then on the folders where all may make files.
sub remove_files {
    my ($before, $until) = @_;
    my $now = content_of('/proc/self/mountinfo');
    my %mounts = mounts($now);
    my ($seen, @open) = split /\0/, content_of("$before/places");
    my $is_known = defined $seen && $seen eq $now;
    my @start = grep { $mounts{$_} } keys %mounts;
    my @due = ($request{path}{work}, belongings());
    @start = (@open, @due) if $is_known;
    my ($theirs, $open) = look_below(\@start, \%mounts, !$is_known, $until);
    keep("$sandbox{guard}/places", join "\0", $now, @$open);
    my (%is_open, %is_due);
    @is_open{@$open} = (1) x @$open;
    @is_due{@due} = (1) x @due;
    for my $path (@$theirs) {
        # No program can have made it there: it is the snapshot's, and would not come back.
        my ($above) = $path =~ m{^(.*)/};
        give_up('unready', 'owned') unless $is_due{$path} || $is_due{$above} || $is_open{$above};
    }
    my @left = @$theirs;
    while (my @some = splice @left, 0, $MOST_NAMES) { does($until, 'rm', '-rf', '--', @some) }
    for my $path (@$theirs) {
        give_up('unready', 'files') if lstat $path && !($is_due{$path} && strip($path));
    }
    mkdir $_, 0755 for @due;
    give_up('unready', 'files') if grep { !-d $_ } @due;
}

# Returns what belongs to users of uses, and the folders where everybody may make files.
sub look_below {
    my ($start, $mounts, $is_everywhere, $until) = @_;
    my (@theirs, %open);
    my @left = @$start;
    while (defined(my $path = pop @left)) {
        my @stat = lstat $path or next;
        if (is_snippets($stat[4])) {
            push @theirs, $path;
            next;
        }
        my ($is_folder, $is_plain, $is_sticky, $is_link) = (-d _, -f _, -k _, -l _);
        my $is_open = !$is_link && is_open(@stat);
        give_up('unready', 'open') if $is_open && ($is_plain || $is_folder && !$is_sticky);
        # In such a folder another name of root's file may be anybody's deed.
        my ($above) = $path =~ m{^(.*)/};
        give_up('unready', 'links') if $is_plain && $stat[3] > 1 && $open{$above};
        next unless $is_folder && ($is_everywhere || $is_open);
        give_up('unready', 'slow') if now() > $until;
        $open{$path} = 1 if $is_open;
        push @left, grep { !exists $mounts->{$_} } entries($path);
    }
    return (\@theirs, [keys %open]);
}

# A folder that cannot be made anew, as something is mounted there: back to what it was.
sub strip {
    my ($folder) = @_;
    return 0 if entries($folder) || !chmod(0755, $folder) || !chown(0, 0, $folder);
    my ($path, $names) = ("$folder\0", "\0" x $XATTR_BYTES);
    my $length = kernel('listxattr', $path, $names, $XATTR_BYTES);
    return 0 if $length < 0 && $! != $ENOTSUP;
    for my $name (grep { /^(user|system)\./ } split /\0/, substr $names, 0, most(0, $length)) {
        my $text = "$name\0";
        return 0 if kernel('removexattr', $path, $text) != 0;
    }
    return 1;
}

# The name that the first use's user has in the snapshot; an image need not have one.
sub take_account {
    for my $file ('/etc/passwd', '/etc/group') {
        my $before = content_of($file);
        my $text = $before;
        my $id = program_id();
        $text =~ s/(?<=:)(\d+)(?=:)/is_snippets($1) ? $id : $1/ge;
        next if $text eq $before;
        # In its place, as it may be mounted by itself.
        open my $made, '+<', $file or give_up('unready', 'account');
        give_up('unready', 'account') unless write_all($made, $text) && truncate $made, length $text;
    }
}

# Folders of the snapshot that are programs' own, and that a use may have changed: root has copies.
sub belongings { return split /\n/, content_of("$request{path}{ours}/belongings") }

sub bring_back {
    my ($until) = @_;
    for my $folder (belongings()) {
        my $copy = "$request{path}{ours}.fresh$folder";
        does($until, 'cp', '-a', "$copy/.", $folder) or give_up('unready', 'belongings');
        my @left = $folder;
        while (defined(my $path = pop @left)) {
            next if -l $path;
            give_to_program($path);
            push @left, entries($path) if -d _;
        }
    }
}

sub lacks_room {
    for my $folder (@{$request{path}}{qw(work temporary)}) {
        my ($facts, $name) = ("\0" x 256, "$folder\0");
        next if kernel('statfs', $name, $facts) != 0;
        my (undef, $size, undef, undef, $blocks, $files, $free) = unpack 'q7', $facts;
        return 1 if $blocks * $size < $request{number}{disk} || $files && $free < $SPARE_FILES;
    }
    return 0;
}

# All processes of a sandbox may have one keyring of the session, in which a use before may have put
# something. Where keys are refused to us, they were to that.
sub leave_keyring {
    return if kernel('keyctl', $JOIN_KEYRING, 0, 0, 0, 0) >= 0 || $! == $EPERM || $! == $ENOSYS;
    die "keyctl: $!";
}
