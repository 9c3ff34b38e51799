create table proof (name text primary key, at timestamptz default now());
create function proof_of_language() returns text language plpgsql as $$ begin return 'runs'; end $$;
insert into proof values ('Ä') returning null \g /dev/null

select json_build_object(
    'version', current_setting('server_version'),
    'client_version', :'VERSION_NAME',
    'executable_sha256', encode(sha256(pg_read_binary_file('/proc/self/exe')), 'hex'),
    'encoding', current_setting('server_encoding'),
    'socket', current_setting('unix_socket_directories'),
    'plpgsql', proof_of_language(),
    'rows', (select count(*) from proof),
    'extensions', (
        select json_agg(name order by name collate "C") from pg_available_extensions
    )
);
