"""Programs whose last words are captured; their names are those in `test_sql_errors.py`."""

PROGRAMS = {
    # What the server refuses.
    "missing_table": "select 1;\n\nselect *\nfrom nosuch\nwhere a = 1;\n",
    "missing_column": "create table t (a int);\nselect b\n  from t;\n",
    "missing_function": "select now(), nosuch(1);\n",
    "syntax": "create table t (\n  a int comment 'x',\n  b int\n);\n",
    "syntax_at_end": "select 1\n",
    "unfinished": "select 1 +\n",
    "unclosed_quote": "select 'abc;\nselect 2;\n",
    "unclosed_dollar": "do $$ begin\n  null;\nend;\n",
    "unclosed_parenthesis": "select 1;\nselect (1;\nselect 2;\n",
    "two_on_a_line": "select 1; select nosuch; select 2;\n",
    "long_line": f"select {', '.join('9' * 60)}, nosuch,\n  {', '.join('9' * 60)};\n",
    "tabs": "select\t1,\n\t\tnosuch\tas\tx\n\tfrom pg_class;\n",
    "repeated_line": "select 1,\n  nosuch;\nselect 2,\n  nosuch;\n",
    "not_ascii": "select 'Ä', 'ß' as \"größe\",\n  'ü' = grösse;\n",
    "comment_before": "-- first\n/* a\n   comment */\nselect nosuch; -- why\n",
    "duplicate_key": "create table t (a int primary key);\ninsert into t\nvalues (1), (1);\n",
    "not_null": "create table t (a int not null);\ninsert into t values (null);\n",
    "check": "create table t (a int check (a > 0));\ninsert into t values (-1);\n",
    "division": "select 1\n  / 0;\n",
    "bad_number": "select\n  'x'::int;\n",
    "with_hint": "create table t (amount int);\nselect amuont from t;\n",
    "drop_used": "create table t (a int primary key);\n"
    "create table u (a int references t);\ndrop table t;\n",
    "in_transaction": "begin;\ninsert into nosuch values (1);\ncommit;\n",
    "copy_data": "create table t (a int);\ncopy t from stdin;\n1\nx\n\\.\nselect 1;\n",
    "copy_file": "create table t (a int);\ncopy t from '/work/nosuch.csv';\n",
    "no_rights": "create role r;\nset role r;\ncreate table t (a int);\n",
    "statement_timeout": "set statement_timeout = '20ms';\nselect pg_sleep(5);\n",
    "lock_timeout": "set lock_timeout = '20ms';\nselect pg_advisory_lock(1);\n"
    "\\c\nset lock_timeout = '20ms';\nselect nosuch;\n",
    "too_deep": "\\set SHOW_CONTEXT never\n"
    "create function f(n int) returns int language sql as 'select 1';\n"
    "create or replace function f(n int) returns int language plpgsql as\n"
    "$$ begin return f(n + 1); end $$;\nselect f(1);\n",
    "cancelled": "select pg_cancel_backend(pg_backend_pid());\n",
    "big_value": "select repeat('x', 1200000000);\n",
    "other_dialect": "create table t (id int auto_increment primary key);\n",
    # What a program raises.
    "raise": "do $$\nbegin\n  raise exception 'no %', 'way';\nend\n$$;\n",
    "raise_with_all": "do $$ begin raise exception 'no'\n"
    "using detail = 'more', hint = 'try'; end $$;\n",
    "raise_lines": "do $$ begin raise exception E'one\\ntwo'; end $$;\n",
    "raise_empty": "do $$ begin raise exception ''; end $$;\n",
    "in_function": "create function f() returns int language plpgsql as $$\nbegin\n"
    "  return (select count(*)\n    from nosuch);\nend $$;\nselect 1,\n  f();\n",
    "in_sql_function": "create table t (a int);\ncreate function f() returns bigint language sql\n"
    "as 'select count(*) from t';\ndrop table t;\nselect f();\n",
    "in_do": "do $$\ndeclare n int;\nbegin\n  select count(*) into n\n  from nosuch;\nend $$;\n",
    "assert": "do $$ begin assert 1 = 2, 'unequal'; end $$;\n",
    "notice_then_error": "do $$ begin raise notice 'ERROR: not this'; end $$;\nselect nosuch;\n",
    "notice_forged": "do $$ begin raise notice E'x\\npsql:query.sql:1: ERROR:  forged'; end $$;\n"
    "select nosuch;\n",
    "warning_then_error": "commit;\nselect nosuch;\n",
    "verbose": "\\set VERBOSITY verbose\nselect\n  nosuch;\n",
    "terse": "\\set VERBOSITY terse\nselect\n  nosuch;\n",
    "sqlstate_only": "\\set VERBOSITY sqlstate\nselect\n  nosuch;\n",
    "echoed": "\\set ECHO errors\nselect\n  nosuch;\n",
    # Things that are not there.
    "no_extension": "create extension if not exists\n  nosuch;\n",
    "no_extension_quoted": 'create extension "no-such";\n',
    "no_language": "create function f() returns int language plnosuch as 'x';\n",
    "extension_raised": "do $$ begin raise exception 'extension \"nosuch\" is not available'\n"
    "using hint = 'The extension must first be installed on the system where PostgreSQL is "
    "running.'; end $$;\n",
    "extension_in_do": "do $$ begin create extension nosuch; end $$;\n",
    # What psql refuses.
    "bad_command": "select 1;\n\\nosuch\n",
    "include_missing": "\\i nosuch.sql\n",
    "include_failing": "\\! echo 'select nosuch;' >/tmp/inc.sql\n\\i /tmp/inc.sql\n",
    "unclosed_if": "\\if true\nselect 1;\n",
    "bad_variable": "select :nosuch;\n",
    "connect": "\\c nosuch\n",
    "copy_local": "create table t (a int);\n\\copy t from 'nosuch.csv'\n",
    # What the sandbox refuses, or what a program does to its server.
    "disk_full": "create table a as select repeat(md5(g::text), 20) as x\n"
    "from generate_series(1, 1000000) g;\n",
    "disk_full_handled": "do $$ begin\n"
    "create table a as select repeat(md5(g::text), 20) as x from generate_series(1, 1000000) g;\n"
    "exception when others then raise notice '%', sqlerrm; end $$;\nselect nosuch;\n",
    "sort_too_large": "set work_mem = '1MB';\nselect count(*) from (\n"
    "  select repeat(md5(g::text), 30) as x from generate_series(1, 500000) g order by 1\n) s;\n",
    "disk_full_raised": 'do $$ begin raise exception \'could not extend file "base/5/1": '
    "No space left on device'; end $$;\n",
    "terminated": "select 1;\nselect pg_terminate_backend(pg_backend_pid());\nselect 2;\n",
    "server_killed": "select 1;\n\\! kill -9 $(head -1 /opt/postgres-data/data/postmaster.pid)\n"
    "\\! sleep 0.1\nselect 2;\n",
    "server_stopped": "select 1;\n\\! kill -INT $(head -1 /opt/postgres-data/data/postmaster.pid)\n"
    "\\! sleep 0.1\nselect 2;\n",
    "backend_killed": "select pg_backend_pid() as pid \\gset\n\\setenv PID :pid\n"
    "\\! kill -9 $PID\nselect 1;\n",
    "backend_crashed": "select pg_backend_pid() as pid \\gset\n\\setenv PID :pid\n"
    "\\! kill -SEGV $PID\nselect 1;\n",
    "client_killed": "select 1;\n\\! kill -9 $PPID\n",
}
