# What to run: read from descriptor 3, and written to the work folder.

# Contents stand in many lines and end with a dot.
content() {
  while read -r line && [ "$line" != . ]; do
    echo "$line"
  done | base64 -d
}

work_file() {
  name=$(decoded "$1"; echo .)
  name=${name%.} folder=
  while :; do
    rest=${name#"$folder"}
    case $rest in */*) folder=$folder${rest%%/*}/ ;; *) break ;; esac
    [ -d "$work/$folder" ] || mkdir "$work/$folder"
    own "$work/$folder"
  done
  content >"$work/$name"
  own "$work/$name"
}

# What the run says comes later, and replaces it. `printf` is not everywhere a part of the shell,
# so that nothing is encoded here.
begin_environment() {
  echo "=HOME=$work"
  echo =LANG=C.UTF-8
  echo =PATH=/usr/local/bin:/usr/bin:/bin
  [ -r "$ours/environment" ] || return
  while IFS= read -r line; do
    case $line in [A-Za-z_]*=*) cat <<E ;; esac
=$line
E
  done <"$ours/environment"
}

read_data() {
  is_full=
  while read -r word rest; do
    case $word in
      number) eval "n_${rest% *}=${rest#* }" ;;
      env) echo "$rest" >>"$guard/env" ;;
      stdin) content >"$guard/stdin" ;;
      file) work_file "$rest" ;;
      full) is_full=yes ;;
      part) echo "$rest" >>"$guard/todo" ;;
      end) break ;;
    esac
  done <&3
  [ "$word" = end ] || say unready script
  exec 3<&-
}
