# Runs as the root of a jail over one folder of a plain user's, /work, in which others of his ids have
# folders that are closed to him outside. What is there may lead anywhere in this jail, where
# nothing else can be changed. Without modules: of perl, the jail has the program alone.
#
#   measure DEPTH LEAST UNKNOWN   says how many bytes the tree takes, a file LEAST or more; UNKNOWN
#                                 if it is deeper, or cannot be read
#   take                          gives all folders to root, and moves each to the top
#   give ID                       gives the tree to a user and group
use strict;
my ($what, @how) = @ARGV;
my $NONE = 2;  # ENOENT: it was removed meanwhile

sub entries {
  my ($folder) = @_;
  opendir my $handle, $folder or return;
  return [grep { !/^\.\.?\z/ } readdir $handle];
}

my ($depth, $least, $unknown) = @how;
my ($total, %seen) = (0);

sub unknown { print $unknown; exit }

sub measure {
  my ($folder, $level) = @_;
  unknown() if $level > $depth;
  my $names = entries($folder);
  if (!$names) { return if $! == $NONE; unknown() }
  for my $name (@$names) {
    my @found = lstat "$folder/$name";
    if (!@found) { next if $! == $NONE; unknown() }
    my $bytes = 512 * ($found[12] || 0);
    my $is_known = $found[3] > 1 && $seen{"$found[0] $found[1]"}++;
    $total += $bytes > $least ? $bytes : $least unless $is_known;
    measure("$folder/$name", $level + 1) if -d _;
  }
}

# None is ever deep, so that no path is too long.
sub take {
  my @waiting = ('.');
  my $number = 0;
  chdir '/work' or die "no folder: $!\n";
  while (defined(my $folder = pop @waiting)) {
    chown 0, 0, $folder or die "not given back: $!\n";
    chmod 0700, $folder or die "not opened: $!\n";
    my $names = entries($folder) or die "not read: $!\n";
    for my $name (grep { lstat "$folder/$_" and -d _ } @$names) {
      push(@waiting, $name), next if $folder eq '.';
      $number++ while lstat "taken-$number";
      rename "$folder/$name", "taken-$number" or die "not moved: $!\n";
      push @waiting, "taken-$number";
    }
  }
}

sub give {
  my ($id) = @how;
  my @waiting = ('/work');
  while (defined(my $path = pop @waiting)) {
    lstat $path;
    next if -l _;
    chown $id, $id, $path or die "not given: $!\n";
    push @waiting, map { "$path/$_" } @{entries($path) || die "not read: $!\n"} if -d _;
  }
}

if ($what eq 'measure') { measure('/work', 0); print $total }
elsif ($what eq 'take') { take() }
else { give() }
