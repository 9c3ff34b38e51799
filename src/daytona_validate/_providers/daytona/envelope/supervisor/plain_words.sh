# The supervisor for images without perl: the same report, from what any POSIX shell can do. Time
# and CPU are estimated, peak memory is unknown, and what leaves both its parent and its session
# between two looks gets away until the sandbox is removed.
# Its files are sent as one; comments and indentation are not. $nonce, $work, $temporary, $guard
# and $ours are set, and `say` tells what is wrong, before anything of it is called.
#
# This file: what it needs of the image, and words.

plain_ready() {
  down=
  if [ "$(id -u)" = 0 ]; then
    user='--reuid=64100 --regid=64100 --clear-groups --no-new-privs'
    if setpriv $user true; then
      down="setpriv $user"
    else
      user='--userspec=64100:64100 --groups=64100 --skip-chdir /'
      if chroot $user true; then down="chroot $user"; else say unready perl; fi
    fi
  fi
  for each in base64 head tail wc tr du sleep env setsid; do
    command -v $each >/dev/null || say unready perl
  done
  # A shell lets what it starts in the background ignore two signals.
  fresh='env -i'
  env --default-signal true && fresh='env -i --default-signal'
}

# Any token begins with a colon, so that none is empty.
decoded() {
  base64 -d <<E
${1#:}
E
}

own() { [ -z "$down" ] || chown 64100:64100 "$1"; }
