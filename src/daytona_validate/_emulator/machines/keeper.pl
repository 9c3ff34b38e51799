# Lives as long as its machine and starts what it is told by the one connection that it makes, before
# anything else runs here; so its programs see and outlive each other, as under Daytona's daemon.
#
# It is told:  "run ID FOLDER ENVIRONMENT COMMAND\n" with three lengths, and these texts;
#              "kill PID\n" to end the process group of a shell;
#              "drop ID\n" to read no more of what a command's processes write.
# It tells:    "out ID LENGTH\n" and so much output, "say ID LENGTH\n" and so much of a report
#              ("pid N", then "exit N", "signal N" or "unstarted WHY"); a length of 0 is the end.
#
# It keeps no time and decides nothing. Without modules: of perl, the machine has the program alone.
my ($shell, $door) = @ARGV;
socket(my $host, 1, 1, 0) or die "no socket: $!\n";
connect($host, pack('S', 1) . "$door\0") or die "no host: $!\n";
$SIG{CHLD} = 'IGNORE';
my ($asked, %ends) = ('');
my $PIPE_SIZE = 1032;  # F_GETPIPE_SZ

sub tell_host {
  my ($text) = @_;
  for (my $at = 0; $at < length $text; ) {
    $at += syswrite($host, $text, length($text) - $at, $at) // exit;
  }
}

sub unstarted {
  my ($id) = @_;
  my $why = "unstarted fork/exec $shell: \l$!\n";
  tell_host("say $id " . length($why) . "\n$why" . "say $id 0\nout $id 0\n");
}

# Forks; waits up to four seconds for room, as whoever has just ended is counted a little longer.
sub forked {
  my $pid;
  for (1 .. 200) {
    $pid = fork;
    last if defined $pid;
    select undef, undef, undef, 0.02;
  }
  return $pid;
}

# Waits for a shell, so that its end is something to be read. A program can kill this, and then only
# deceives whoever asked to run it.
sub minded {
  my ($told, $out, $folder, $environment, $command) = @_;
  my $failed = sub { syswrite $told, "unstarted fork/exec $shell: \l$!\n"; exit 125 };
  %ENV = (%ENV, map { split /=/, $_, 2 } split /\0/, $environment);
  chdir $folder or $failed->();
  pipe(my $stdin, my $feed) or $failed->();
  # What fits into the pipe needs nobody to write it, where there may be no room for a process more.
  if (length $command <= (fcntl($feed, $PIPE_SIZE, 0) || 0)) {
    syswrite $feed, $command;
  } else {
    # A writer of its own: when the shell has ended, nobody waits for what it did not read.
    defined(my $writer = forked) or $failed->();
    if (!$writer) {
      close $_ for $stdin, $out, $told;
      for (my $at = 0; $at < length $command; ) {
        $at += syswrite($feed, $command, length($command) - $at, $at) // exit;
      }
      exit;
    }
  }
  defined(my $pid = forked) or $failed->();
  if (!$pid) {
    close $feed;
    setpgrp 0, 0;
    open(STDIN, '<&', $stdin) && open(STDOUT, '>&', $out) && open(STDERR, '>&', $out) or exit 126;
    exec { $shell } $shell;
    syswrite $told, "unstarted fork/exec $shell: \l$!\n";
    exit 125;
  }
  close $_ for $stdin, $feed, $out;
  setpgrp $pid, $pid;  # it does so, too, and may be later: whoever is told can kill the group
  syswrite $told, "pid $pid\n";
  waitpid $pid, 0;
  syswrite $told, $? & 127 ? 'signal ' . ($? & 127) . "\n" : 'exit ' . ($? >> 8) . "\n";
  exit;
}

sub run {
  my ($id, @what) = @_;
  pipe(my $output, my $out) && pipe(my $report, my $told) or return unstarted($id);
  defined(my $minder = fork) or return unstarted($id);
  if (!$minder) {
    $SIG{CHLD} = 'DEFAULT';
    close $_ for $host, $output, $report, map { $_->[0] } values %ends;
    minded($told, $out, @what);
  }
  $ends{"out $id"} = [$output];
  $ends{"say $id"} = [$report];
}

sub obeyed {
  if ($asked =~ /^run (\d+) (\d+) (\d+) (\d+)\n/) {
    my ($id, $head, @lengths) = ($1, $+[0], $2, $3, $4);
    return if length $asked < $head + $lengths[0] + $lengths[1] + $lengths[2];
    substr $asked, 0, $head, '';
    run($id, map { substr $asked, 0, $_, '' } @lengths);
  } elsif ($asked =~ s/^kill (\d+)\n//) {
    kill 'KILL', -$1;
  } elsif ($asked =~ s/^drop (\d+)\n//) {
    my $end = delete $ends{"out $1"};
    close $end->[0] if $end;
  } else {
    return;
  }
  return 1;
}

while (1) {
  my $wanted = '';
  vec($wanted, fileno $_, 1) = 1 for $host, map { $_->[0] } values %ends;
  next if select($wanted, undef, undef, undef) < 1;
  for my $name (keys %ends) {
    my $end = $ends{$name}[0];
    next unless vec $wanted, fileno $end, 1;
    my $length = sysread($end, my $chunk, 65536) || 0;
    tell_host("$name $length\n" . ($length ? $chunk : ''));
    next if $length;
    delete $ends{$name};
    close $end;
  }
  next unless vec $wanted, fileno $host, 1;
  sysread($host, $asked, 65536, length $asked) or exit;
  1 while obeyed();
}
