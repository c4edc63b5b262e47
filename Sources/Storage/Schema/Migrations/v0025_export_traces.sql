-- What an export reads of tables that its role may not read: the rows about the user whose rows are seen, and of those what is not
-- about others.

create function receipts_about_user() returns table (
    consumer text, message_id text, outcome text, completed_at timestamptz, correlation_id text, received_at timestamptz,
    attempt integer, reason text, steps text
) language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query select r.consumer, r.message_id, r.outcome, r.completed_at, r.correlation_id, r.received_at, r.attempt, r.reason,
        r.steps
    from receipts as r where r.user_id = nullif(current_setting('repazoo.user_id', true), '');
end
$$;

create function database_access_about_user() returns table (program text, minute timestamptz, queries bigint)
language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query select d.program, d.minute, d.queries
    from database_access as d where d.user_id = nullif(current_setting('repazoo.user_id', true), '');
end
$$;

create function holds_about_user() returns table (
    id text, category text, set_at timestamptz, expires_at timestamptz, released_at timestamptz
) language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query select h.id, h.category, h.set_at, h.expires_at, h.released_at
    from legal_holds as h where h.user_id = nullif(current_setting('repazoo.user_id', true), '');
end
$$;

do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array['receipts_about_user()', 'database_access_about_user()', 'holds_about_user()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', v_function, current_schema());
        execute format('revoke execute on function %s from public', v_function);
        execute format('grant execute on function %s to repazoo_export', v_function);
    end loop;
end
$$;
grant select (scrubbed_at) on oauth_tokens to repazoo_export;
