# What Daytona's daemon is to the programs in a sandbox: it listens there, asks for no key, and runs
# what it is told as its own user. Of its API it has POST /process/execute, with `command`, `cwd`
# and `timeout`. It has no way to the host, and so is no part of the keeper, in whose program it stands.
sub replied {
  my ($client, $status, $body) = @_;
  my $length = length $body;
  syswrite $client, "HTTP/1.1 $status\r\nContent-Type: application/json; charset=utf-8\r\n"
    . "Content-Length: $length\r\nConnection: close\r\n\r\n$body";
  exit;
}

my %plain = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");

sub field {
  my ($name, $body) = @_;
  my ($text) = $body =~ /"$name"\s*:\s*"((?:[^"\\]|\\.)*)"/s or return undef;
  $text =~ s{\\(?:u([0-9a-fA-F]{4})|(.))}{defined $1 ? chr hex $1 : exists $plain{$2} ? $plain{$2} : $2}gse;
  utf8::encode($text);
  return $text;
}

# Bytes that are no UTF-8 become U+FFFD each.
sub quoted {
  my ($text) = @_;
  my $letter = qr/[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/;
  $text =~ s/\G((?:$letter)*+)[\x80-\xff]/$1\xef\xbf\xbd/g;
  $text =~ s/(["\\])/\\$1/g;
  $text =~ s/([\x00-\x1f])/sprintf '\u%04x', ord $1/ge;
  return "\"$text\"";
}

sub executed {
  my ($client, $shell, $body) = @_;
  my $command = field('command', $body);
  my $folder = field('cwd', $body) || '/home/daytona';
  replied($client, '400 Bad Request', '{"message":"command is required"}') unless defined $command;
  my ($seconds) = $body =~ /"timeout"\s*:\s*(\d+)/;
  pipe my $stdin, my $feed or exit;
  pipe my $output, my $end or exit;
  defined(my $pid = fork) or exit;
  if (!$pid) {
    setpgrp 0, 0;
    close $client;
    open STDIN, '<&', $stdin or exit 126;
    open STDOUT, '>&', $end or exit 126;
    open STDERR, '>&', $end or exit 126;
    close $_ for $feed, $output;
    $| = 1;
    chdir $folder or print("fork/exec $shell: \l$!"), kill KILL => $$;
    exec {$shell} $shell;
    exit 127;
  }
  close $_ for $stdin, $end;
  defined(my $writer = fork) or exit;
  if (!$writer) { syswrite $feed, $command; exit }
  close $feed;
  my ($said, $is_late) = ('', 0);
  local $SIG{ALRM} = sub { $is_late = 1; kill 'KILL', -$pid };
  alarm $seconds if $seconds;
  while (1) {
    my $read = sysread $output, $said, 65536, length $said;
    last unless $read || !defined $read && $! == 4;
  }
  waitpid $pid, 0;
  my $code = $? & 127 ? -1 : $? >> 8;
  replied($client, '408 Request Timeout', '{"message":"command execution timeout"}') if $is_late;
  replied($client, '200 OK', "{\"exitCode\":$code,\"result\":" . quoted($said) . '}');
}

sub served {
  my ($client, $shell) = @_;
  my $request = '';
  until ($request =~ /\r\n\r\n/) { sysread $client, $request, 65536, length $request or exit }
  my ($head, $body) = split /\r\n\r\n/, $request, 2;
  my ($length) = $head =~ /^Content-Length:\s*(\d+)/im;
  while (length $body < ($length || 0)) { sysread $client, $body, 65536, length $body or exit }
  utf8::decode($body);
  executed($client, $shell, $body) if $head =~ m{^POST /process/execute };
  replied($client, '404 Not Found', '{"message":"404 page not found"}');
}

# Before any command is started, so that it finds the port open.
sub listen_beside {
  my ($shell) = @_;
  socket my $door, 2, 1, 0 or return;
  setsockopt $door, 1, 2, 1;
  bind $door, pack 'S n C4 x8', 2, 2280, 0, 0, 0, 0 or return;
  listen $door, 16 or return;
  defined(my $pid = fork) or return;
  return if $pid;
  open $_, '+<', '/dev/null' for *STDIN, *STDOUT, *STDERR;
  $SIG{CHLD} = 'IGNORE';
  while (1) {
    accept my $client, $door or next;
    defined(my $server = fork) or next;
    next if $server;
    close $door;
    $SIG{CHLD} = 'DEFAULT';
    served($client, $shell);
  }
}

listen_beside($ARGV[0]);
