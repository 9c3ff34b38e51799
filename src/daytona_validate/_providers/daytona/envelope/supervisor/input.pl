# What to run: read from descriptor 3, and written to the work folder.

sub write_content {
    my ($data, $to) = @_;
    while (defined(my $line = <$data>)) {
        return if $line eq ".\n";
        write_all($to, decoded($line));
    }
}

sub write_file {
    my ($data, $name) = @_;
    my $folder = $path{work};
    my @folders = split m{/}, $name;
    pop @folders;
    for my $each (@folders) {
        $folder .= "/$each";
        next if -d $folder;
        mkdir $folder, 0755 or give_up('unready', 'files');
        chown $PROGRAM_ID, $PROGRAM_ID, $folder if $is_root;
    }
    open my $file, '>', "$path{work}/$name" or give_up('unready', 'files');
    write_content($data, $file);
    chown $PROGRAM_ID, $PROGRAM_ID, $file if $is_root;
    close $file or give_up('unready', 'files');
}

sub read_data {
    open my $data, '<&=', 3 or exit 1;
    while (defined(my $line = <$data>)) {
        my ($word, @rest) = split ' ', $line;
        if ($word eq 'nonce') { $nonce = $rest[0] }
        elsif ($word eq 'path') {
            $path{$rest[0]} = decoded($rest[1]);
            read_environment() if $rest[0] eq 'ours';
        }
        elsif ($word eq 'number') { $number{$rest[0]} = $rest[1] + 0 }
        elsif ($word eq 'env') {
            my ($name, $value) = decoded($rest[0]) =~ /^([^=]+)=(.*)\z/s;
            $environment{$name} = $value;
        }
        elsif ($word eq 'stdin') {
            open my $file, '>', "$path{guard}/stdin" or give_up('unready', 'files');
            write_content($data, $file);
            chmod 0444, $file;
        }
        elsif ($word eq 'file') { write_file($data, decoded($rest[0])) }
        elsif ($word eq 'part') {
            my ($stage, $timeout_ms, @argv) = @rest;
            my @words = map { decoded($_) } @argv;
            push @parts, {stage => $stage, timeout_s => $timeout_ms / 1000, argv => \@words};
        }
        elsif ($word eq 'full') { $is_full = 1 }
        elsif ($word eq 'end') { $is_whole = 1; last }
    }
    close $data;
    give_up('unready', 'script') unless $is_whole;
}

# What the snapshot says; what the run says stands behind it in the data, and replaces it.
sub read_environment {
    $environment{HOME} = $path{work};
    open my $file, '<', "$path{ours}/environment" or return;
    while (<$file>) { $environment{$1} = $2 if /^([A-Za-z_]\w*)=(.*)$/ }
}
