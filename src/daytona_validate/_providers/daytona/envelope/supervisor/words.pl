# Bytes as words, and the one way out.

# uuencode is base64 in other letters, and perl has it built in.
sub decoded {
    my ($text) = @_;
    $text =~ tr#A-Za-z0-9+/##cd;
    $text =~ tr#A-Za-z0-9+/# -_#;
    return join '', map { unpack 'u', chr(32 + int(length($_) * 3 / 4)) . $_ } $text =~ /(.{1,60})/g;
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

sub write_all {
    my ($to, $text) = @_;
    while (length $text) {
        my $written = syswrite $to, $text;
        next if !defined $written && $! == $EINTR;
        return unless $written;
        substr($text, 0, $written, '');
    }
}

# The one way out: the same words for whoever asked, and for whoever asks again.
sub answer {
    my ($text) = @_;
    my $file = "$path{guard}/answer";
    if (open my $made, '>', "$file.new") {
        write_all($made, $text);
        close $made;
        rename "$file.new", $file;
    }
    write_all(\*STDOUT, $text);
    exit 0;
}

sub give_up {
    my ($word, $reason) = @_;
    kill_all() if $call;
    answer("$nonce $word $reason\n");
}
