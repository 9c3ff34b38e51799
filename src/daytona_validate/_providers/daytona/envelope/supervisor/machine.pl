# What is to be known of the machine and of what happens on it.

sub close_inherited {
    opendir my $folder, '/proc/self/fd' or return;
    my @open = grep { /^\d+$/ && $_ > 3 } readdir $folder;
    closedir $folder;
    kernel('close', $_ + 0) for @open;
}

# The tasks of a user are counted by user namespace. In the first one a container has no say in
# who else runs under the same id.
sub has_own_users {
    open my $map, '<', '/proc/self/uid_map' or return 0;
    my @fields = split ' ', scalar <$map>;
    return $fields[2] != 4294967295;
}

sub cpus {
    my $mask = "\0" x 1024;
    my $length = kernel('sched_getaffinity', 0, 1024, $mask);
    return $length > 0 ? unpack('%32b*', substr $mask, 0, $length) : 1;
}

# All of a file of the kernel's; of what has ended, nothing.
sub line_of {
    my ($name) = @_;
    open my $file, '<', $name or return '';
    my $line = do { local $/; <$file> };
    return defined $line ? $line : '';
}

sub processes {
    my %found;
    opendir my $proc, '/proc' or return \%found;
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        next unless line_of("/proc/$pid/stat") =~ /.*\) (.*)/s;
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

# What is below us and not dead, whatever it did to be somebody else's child.
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
            next if $stat[4] != $owner || "$folder/$name" eq $path{guard};
            if (-d _) { push @folders, "$folder/$name" }
            elsif (-f _) { $sum += least($stat[7], $stat[12] * 512) / ($stat[3] || 1) }
        }
    }
    return $sum;
}

sub is_disk_used_up {
    my $owner = $is_root ? $PROGRAM_ID : $>;
    for my $folder ($path{work}, $path{temporary}) {
        return 1 if used_bytes($folder, $owner) >= $number{disk};
    }
    return 0;
}

sub is_disk_full {
    for my $folder ($path{work}, $path{temporary}) {
        my $facts = "\0" x 256;
        my $name = "$folder\0";
        next if kernel('statfs', $name, $facts) != 0;
        my (undef, undef, $blocks, undef, $available) = unpack 'q5', $facts;
        return 1 if $blocks && !$available;
    }
    return is_disk_used_up();
}
