-- The server's parameters as pg_settings has them, one JSON list. What localcloud fixes on the command line, and what
-- would take the server out of its hands, is not modifiable.
SELECT json_agg(json_build_object(
    'name', name,
    'value', setting,
    'description', short_desc || coalesce(' ' || extra_desc, '') || coalesce(' Unit: ' || unit || '.', ''),
    'type', vartype,
    'minimum', min_val,
    'maximum', max_val,
    'choices', enumvals,
    'static', context IN ('postmaster', 'internal'),
    'modifiable', context <> 'internal'
        AND source NOT IN ('command line', 'override')
        AND category NOT IN ('Developer Options', 'File Locations', 'Preset Options', 'Write-Ahead Log / Archiving',
                             'Write-Ahead Log / Archive Recovery', 'Write-Ahead Log / Recovery Target')
        AND category NOT LIKE 'Connections and Authentication / SSL'
        AND category NOT LIKE 'Replication / %'
        AND name NOT IN ('allow_alter_system', 'archive_library', 'bonjour', 'bonjour_name', 'cluster_name', 'dynamic_library_path',
                         'event_source', 'external_pid_file', 'jit_provider', 'listen_addresses',
                         'local_preload_libraries', 'log_destination', 'log_directory', 'log_file_mode', 'log_filename',
                         'logging_collector', 'port', 'session_preload_libraries', 'syslog_facility', 'syslog_ident',
                         'unix_socket_directories', 'unix_socket_group', 'unix_socket_permissions', 'wal_level')
    ) ORDER BY name)
FROM pg_settings
